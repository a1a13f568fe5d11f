package dev.weighbridge.reports;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The samples of each task, one page a task: what was asked, what each variant answered, and how it was judged. Samples on which
 * variants differ come first, then those that some have wrong. All of it is untrusted text.
 */
final class SamplePages {
    /** Most samples of a page; the files of the trials have all. */
    static final int MOST = 200;

    private static final int SHORT_PROMPT = 400;
    private static final String[] OPEN = {"open", "open"};
    private static final String[] NONE = {};
    private static final int LONGEST_PROMPT = 6000;
    private static final int LONGEST_ANSWER = 3000;
    private static final int MOST_CHOICES = 12;
    private static final double HALF = 0.5;

    private final RunDirectory run;
    private final RunFacts facts;
    private final Map<String, Trial> evaluations = new LinkedHashMap<>();

    private SamplePages(RunDirectory run, RunFacts facts) {
        this.run = run;
        this.facts = facts;
        Map<String, Trial> byVariant = new HashMap<>();
        for (Trial trial : facts.trials()) {
            if (trial.workload().kind() == Workload.Kind.EVALUATION) {
                byVariant.put(trial.variant().id(), trial);
            }
        }
        for (VariantView row : facts.rows()) {
            Trial trial = byVariant.get(row.variant().id());
            if (trial != null) {
                evaluations.put(row.variant().id(), trial);
            }
        }
    }

    /** Name of the page of a task; the task's id is safe in it. */
    static String file(String task) {
        return "samples_" + task.replaceAll("[^A-Za-z0-9._-]", "_") + ".html";
    }

    /** The pages by file name; none for a task whose samples cannot be read. */
    static Map<String, String> of(RunFacts facts, RunDirectory run) {
        SamplePages pages = new SamplePages(run, facts);
        Map<String, String> html = new LinkedHashMap<>();
        for (String task : TaskTable.judged(facts.trials())) {
            pages.page(task).ifPresent(page -> html.put(file(task), page));
        }
        return html;
    }

    /** How a sample was judged, by variant. */
    private record Standing(int docId, String hash, List<Double> scores, boolean failed) {
        /** 0 where variants differ, 1 where all are wrong or one failed, 2 where all are right or there is no right and wrong. */
        int interest(boolean share) {
            if (!share) {
                return failed ? 1 : 2;
            }
            boolean right = scores.stream().anyMatch(score -> score >= HALF);
            boolean wrong = failed || scores.stream().anyMatch(score -> score < HALF);
            return right && wrong ? 0 : wrong ? 1 : 2;
        }
    }

    private Optional<String> page(String task) {
        Map<String, Standing> standings = new LinkedHashMap<>();
        try {
            for (Trial trial : evaluations.values()) {
                run.forEachSample(trial.id(), task, sample -> {
                    Standing standing = standings.computeIfAbsent(
                            sample.docHash(), hash -> new Standing(sample.docId(), hash, new ArrayList<>(), false));
                    standing.scores().add(sample.score());
                    if (sample.failure() != null) {
                        standings.put(
                                sample.docHash(),
                                new Standing(standing.docId(), standing.hash(), standing.scores(), true));
                    }
                });
            }
        } catch (InvalidResultException e) {
            return Optional.empty();
        }
        if (standings.isEmpty()) {
            return Optional.empty();
        }
        List<Standing> ordered = standings.values().stream()
                .sorted(Comparator.comparingInt((Standing standing) -> standing.interest(share(task)))
                        .thenComparingInt(Standing::docId))
                .limit(MOST)
                .toList();
        return Optional.of(page(task, ordered, standings.size()));
    }

    /** Whether the score of a sample of that task lies between wrong and right. */
    private boolean share(String task) {
        return facts.tasks().tasks().contains(task);
    }

    private String page(String task, List<Standing> shown, int all) {
        Set<String> hashes = shown.stream().map(Standing::hash).collect(Collectors.toCollection(HashSet::new));
        Map<String, Map<String, SampleRecord>> texts = new HashMap<>();
        evaluations.forEach((variant, trial) -> run.forEachSample(trial.id(), task, sample -> {
            if (hashes.contains(sample.docHash())) {
                texts.computeIfAbsent(sample.docHash(), hash -> new LinkedHashMap<>())
                        .put(variant, sample);
            }
        }));
        Markup html = new Markup();
        html.open("section", "id", "samples", "aria-label", "Samples");
        html.element("p", introduction(shown.size(), all), "class", "note");
        int number = 0;
        for (Standing standing : shown) {
            sample(html, ++number, share(task), texts.getOrDefault(standing.hash(), Map.of()));
        }
        return HtmlReport.side(facts.manifest(), "Samples of " + SafeText.clean(task, SafeText.SHORT), html.close());
    }

    private static String introduction(int shown, int all) {
        String which = shown < all
                ? Notation.count(shown) + " of " + Notation.count(all) + " samples"
                : "All " + Notation.count(all) + " samples";
        return which
                + ". Those on which variants differ come first, then those that are wrong. Long texts are cut; the whole is in"
                + " the files samples_… of each trial.";
    }

    private void sample(Markup html, int number, boolean share, Map<String, SampleRecord> byVariant) {
        if (byVariant.isEmpty()) {
            return;
        }
        SampleRecord any = byVariant.values().iterator().next();
        html.open("section", "class", "sample");
        html.element("h2", SafeText.clean(String.valueOf(any.doc().getOrDefault("id", any.docId())), SafeText.SHORT));
        String prompt = argument(any, 0, "arg_0");
        html.open("details", prompt.length() > SHORT_PROMPT ? NONE : OPEN).element("summary", "Prompt");
        preformatted(html, prompt, LONGEST_PROMPT).close();
        if (!any.target().isEmpty()) {
            html.open("p")
                    .text("Right: ")
                    .element("code", SafeText.clean(any.target(), LONGEST_ANSWER))
                    .close();
        }
        HtmlTable table = new HtmlTable(html, "sample-" + number, "Answers to this sample", false);
        table.heading("Variant")
                .heading("Judged")
                .numbers("Score", "")
                .heading("Answer")
                .rows("answers");
        byVariant.forEach((variant, record) -> {
            boolean good = record.failure() == null && (!share || record.score() >= HALF);
            table.row(good ? "" : "wrong").head(facts.name(variant));
            String verdict = share || record.failure() != null ? verdict(record) : "scored";
            table.cell(new Markup().element("span", verdict, "class", good ? "tag COMPLETED" : "tag INVALID"));
            table.number(String.format(Locale.ROOT, "%.3g", record.score()), record.score());
            table.cell(answer(record)).endRow();
        });
        table.end();
        html.close();
    }

    private static String verdict(SampleRecord record) {
        return record.failure() != null ? "failed" : record.score() >= HALF ? "right" : "wrong";
    }

    private static Markup answer(SampleRecord record) {
        Markup html = new Markup();
        String failure = record.failure();
        if (failure != null) {
            return html.element("p", SafeText.clean(failure), "class", "note");
        }
        if (record.filteredResps().isEmpty() || record.filteredResps().get(0) instanceof List<?>) {
            return preformatted(html, likelihoods(record), LONGEST_ANSWER);
        }
        String judged = String.valueOf(record.filteredResps().get(0));
        String raw = raw(record);
        preformatted(html, judged, LONGEST_ANSWER);
        if (!raw.equals(judged)) {
            html.open("details").element("summary", "as written");
            preformatted(html, raw, LONGEST_ANSWER).close();
        }
        return html;
    }

    private static String raw(SampleRecord record) {
        if (!record.resps().isEmpty() && record.resps().get(0) instanceof List<?> repeats) {
            return repeats.stream().map(String::valueOf).collect(Collectors.joining("\n―\n"));
        }
        return "";
    }

    /** Each choice with its log-likelihood, the likeliest first. */
    private static String likelihoods(SampleRecord record) {
        List<Map.Entry<String, Double>> choices = new ArrayList<>();
        for (int i = 0; i < record.filteredResps().size(); i++) {
            if (record.filteredResps().get(i) instanceof List<?> pair && pair.get(0) instanceof Number likelihood) {
                choices.add(Map.entry(argument(record, i, "arg_1"), likelihood.doubleValue()));
            }
        }
        choices.sort(Map.Entry.<String, Double>comparingByValue().reversed());
        return choices.stream()
                .limit(MOST_CHOICES)
                .map(choice -> String.format(Locale.ROOT, "%9.3f  ", choice.getValue())
                        + SafeText.clean(choice.getKey(), SafeText.LONG))
                .collect(Collectors.joining("\n"));
    }

    private static String argument(SampleRecord record, int request, String name) {
        Object arguments = record.arguments().get("gen_args_" + request);
        return arguments instanceof Map<?, ?> map && map.get(name) != null ? String.valueOf(map.get(name)) : "";
    }

    /** Text with its lines, cut. */
    private static Markup preformatted(Markup html, String text, int most) {
        html.open("pre", "class", "text");
        String cut = text.length() > most ? text.substring(0, most) + "…" : text;
        cut.lines().forEach(line -> html.text(line).lineEnd());
        return html.close();
    }
}
