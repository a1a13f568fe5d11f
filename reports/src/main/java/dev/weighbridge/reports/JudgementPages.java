package dev.weighbridge.reports;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.JudgedTables;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgementRecord;
import dev.weighbridge.results.JudgementRecord.Order;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.JudgementRecord.Verdict;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.results.RunDirectory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What judges said of each sample, one page a task, in their own words: untrusted text. Verdicts that changed with the order come first,
 * then losses, then replies without a verdict.
 */
final class JudgementPages {
    /** Most judged samples of a page; the file of the judgements has all. */
    static final int MOST = 200;

    private static final int LONGEST_REPLY = 3000;

    private JudgementPages() {}

    /** Name of the page of a task; the task's id is safe in it. */
    static String file(String task) {
        return "judgements_" + task.replaceAll("[^A-Za-z0-9._-]", "_") + ".html";
    }

    /** The pages by file name; none for a task whose judgements cannot be read. */
    static Map<String, String> of(RunFacts facts, RunDirectory run) {
        OpinionFiles files = new OpinionFiles(run.path());
        Map<String, String> pages = new LinkedHashMap<>();
        for (JudgedTask judged : facts.opinions().judged()) {
            page(facts, files, judged.task()).ifPresent(page -> pages.put(file(judged.task()), page));
        }
        return pages;
    }

    /** One sample before one judge. */
    private record Case(Judge judge, Question about) {
        static Case of(JudgementRecord row) {
            return new Case(row.judge(), row.about().in(Order.UNASKED, null));
        }
    }

    private static Optional<String> page(RunFacts facts, OpinionFiles files, String task) {
        Map<Case, Map<Order, String>> verdicts = new LinkedHashMap<>();
        try {
            files.forEachJudgement(task, row -> {
                if (row.about().order() != Order.UNASKED) {
                    verdicts.computeIfAbsent(Case.of(row), sample -> new EnumMap<>(Order.class))
                            .put(row.about().order(), verdict(row));
                }
            });
        } catch (InvalidResultException e) {
            // Damaged judgements cost their page, not the report; the figures stand in a file of their own.
            return Optional.empty();
        }
        if (verdicts.isEmpty()) {
            return Optional.empty();
        }
        List<Case> shown = verdicts.keySet().stream()
                .sorted(Comparator.comparingInt((Case sample) -> interest(verdicts.getOrDefault(sample, Map.of())))
                        .thenComparingInt(sample -> sample.about().docId())
                        .thenComparingInt(sample -> sample.about().place()))
                .limit(MOST)
                .toList();
        Map<Case, Map<Order, JudgementRecord>> rows = new HashMap<>();
        shown.forEach(sample -> rows.put(sample, new EnumMap<>(Order.class)));
        files.forEachJudgement(task, row -> {
            Map<Order, JudgementRecord> sample = rows.get(Case.of(row));
            if (sample != null) {
                sample.put(row.about().order(), row);
            }
        });
        Markup html = new Markup();
        html.open("section", "id", "judgements", "aria-label", "Judgements");
        introduction(html, facts, task, shown.size(), verdicts.size());
        int number = 0;
        for (Case sample : shown) {
            sample(html, ++number, facts, sample, rows.getOrDefault(sample, Map.of()));
        }
        return Optional.of(
                HtmlReport.side(facts.manifest(), "Verdicts on " + SafeText.clean(task, SafeText.SHORT), html.close()));
    }

    private static void introduction(Markup html, RunFacts facts, String task, int shown, int all) {
        html.open("p", "class", "note")
                .text((shown < all ? Notation.count(shown) + " of " : "All ") + Notation.count(all)
                        + " cases, each a sample of one variant before one judge. Verdicts that changed with the order come first, then losses. Long"
                        + " replies are cut; the whole is in ")
                .element("a", "the judgements", "href", "../judgements_" + task + ".jsonl")
                .text(".");
        if (facts.tasks().tasks().contains(task)) {
            html.text(" ")
                    .element("a", "The answers themselves", "href", SamplePages.file(task))
                    .text(".");
        }
        html.close();
    }

    private static int interest(Map<Order, String> verdicts) {
        List<String> distinct = new ArrayList<>(verdicts.values());
        boolean changed = distinct.stream().distinct().count() > 1;
        return changed ? 0 : distinct.contains(word(Verdict.BASELINE)) ? 1 : distinct.contains("") ? 2 : 3;
    }

    private static void sample(Markup html, int number, RunFacts facts, Case sample, Map<Order, JudgementRecord> rows) {
        Question about = sample.about();
        html.open("section", "class", "sample");
        String repeat = about.place() == 0 ? "" : ", answer " + (about.place() + 1);
        html.element("h2", SafeText.clean(about.id(), SafeText.SHORT) + repeat);
        String against = about.baseline();
        html.element(
                "p",
                facts.name(about.variant()) + (against == null ? "" : " against " + facts.name(against))
                        + ", judged by " + JudgedTables.words(sample.judge()) + ".",
                "class",
                "note");
        HtmlTable table = new HtmlTable(html, "judgement-" + number, "What the judge said", false);
        table.heading("Shown first").heading("Verdict").heading("Its words").rows("answers");
        rows.forEach((order, row) -> {
            table.row("").head(first(order, facts, about));
            String verdict = verdict(row);
            table.text(verdict.isEmpty() ? row.failure() == null ? "none" : "failed" : verdict);
            table.cell(words(row)).endRow();
        });
        table.end();
        html.close();
    }

    private static String first(Order order, RunFacts facts, Question about) {
        return switch (order) {
            case STRAIGHT -> facts.name(about.variant());
            case SWAPPED -> facts.name(String.valueOf(about.baseline()));
            case ALONE -> "it alone";
            case UNASKED -> "";
        };
    }

    /** A verdict or grade as it was read when the reply came; empty where there is none. */
    private static String verdict(JudgementRecord row) {
        Double grade = row.grade();
        if (grade != null) {
            return String.format(Locale.ROOT, "%.3g", grade);
        }
        Verdict verdict = row.verdict();
        return verdict == null ? "" : word(verdict);
    }

    private static String word(Verdict verdict) {
        return switch (verdict) {
            case VARIANT -> "variant";
            case BASELINE -> "baseline";
            case TIE -> "tie";
        };
    }

    private static Markup words(JudgementRecord row) {
        Markup html = new Markup();
        String reply = row.reply();
        if (reply == null) {
            return html.element("p", SafeText.clean(String.valueOf(row.failure())), "class", "note");
        }
        // The verdict stands at the end.
        String end = reply.length() > LONGEST_REPLY ? "…" + reply.substring(reply.length() - LONGEST_REPLY) : reply;
        html.open("pre", "class", "text");
        end.lines().forEach(line -> html.text(line).lineEnd());
        return html.close();
    }
}
