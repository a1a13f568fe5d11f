package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Reason;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reasons in words: the only place where they are worded. Subjects are cleaned and bounded. */
public final class ReasonText {
    private ReasonText() {}

    /** All of them, separated by semicolons. */
    public static String of(List<Reason> reasons) {
        return String.join("; ", list(reasons));
    }

    /** Each of them. */
    public static List<String> list(List<Reason> reasons) {
        return reasons.stream().map(ReasonText::of).toList();
    }

    /** One reason as a clause that starts with a small letter. */
    public static String of(Reason reason) {
        String subject = reason.subject() == null ? "" : SafeText.clean(reason.subject());
        String figure = number(reason.figure());
        String limit = number(reason.limit());
        String percent = percent(reason.figure());
        String most = percent(reason.limit());
        return switch (reason.code()) {
            case STEAL -> "the hypervisor took " + percent + " of the busy CPU time (limit " + most + ")";
            case THROTTLED -> "the container was throttled for " + percent + " of the window (limit " + most + ")";
            case OTHER_PROCESSES -> "other processes took " + percent + " of all CPU time (limit " + most + ")";
            case CLIENT_STALL -> "the client stood still for " + figure + " ms (limit " + limit + " ms)";
            case CLOCK_JUMP ->
                "the machine's clocks disagree by " + figure + " ms (limit " + limit + " ms): it was suspended or set";
            case SCHEDULE_DELAY_MEDIAN ->
                "the client sent its requests late: median schedule delay " + figure + " ms (limit " + limit + " ms)";
            case SCHEDULE_DELAY_P99 ->
                "the client sent its requests late: p99 schedule delay " + figure + " ms (limit " + limit + " ms)";
            case NOT_SAMPLED -> "the machine was not watched for " + figure + " ms (limit " + limit + " ms)";
            case FELL_BEHIND ->
                "the server fell behind: it completed " + percent + " of what was offered (limit " + most
                        + ") and its queue grew to the end";
            case NO_REQUESTS -> "no request was offered in the steady window; lengthen it or raise the rate";
            case CLIENT_CEILING_REQUESTS ->
                "load of " + figure + " requests/s is over half of the client's own ceiling (" + limit + ")";
            case CLIENT_CEILING_EVENTS ->
                "load of " + figure + " streamed events/s is over half of the client's own ceiling (" + limit + ")";
            case EMPTY_ANSWERS -> percent + " of the answers carried no output (limit " + most + ")";
            case LENGTH_DRIFT ->
                "answers are " + percent + " away from the baseline's length on the same prompts (limit " + most + ")";
            case LENGTH_NOT_HONOURED ->
                "answers are " + percent + " of the asked tokens away from the lengths that were asked (limit " + most
                        + "): the server ignores min_tokens and ignore_eos, or its context is too short";
            case TOKEN_COUNTS_DIFFER ->
                "the server's counts of output tokens are " + percent + " away from our tokenizer's (limit " + most
                        + "): one of them counts what the other does not, such as an end mark, or the tokenizer is another model's";
            case PROMPTS_REPEATED ->
                figure
                        + " requests repeated a prompt, which a prefix cache would answer; give the scenario more prompts or"
                        + " allow prefix reuse";
            case PARITY_DIVERGENCE ->
                "mean KL divergence from the baseline is " + figure + " nats (limit " + limit + ")";
            case PARITY_TOP1 ->
                "the most likely token agrees with the baseline's at " + percent + " of positions (limit " + most + ")";
            case PARITY_TOKENS -> figure + " texts became other tokens, or another vocabulary, than at the baseline";
            case PARITY_NOTHING_COMPARED -> "no logits could be compared with the baseline's";
            case REFUSED_BY_ENGINE -> subject;
            case NO_LOGITS -> "the engine does not show its logits, so its parity is not known";
            case NO_SCORES -> "the engine does not score texts";
            case NO_ENDPOINT -> "the engine has no endpoint that takes a load over HTTP";
            case PARITY_FAILED -> "not measured, because parity with the baseline failed";
            case NO_REFERENCE_LOGITS -> "the baseline " + subject + " left no logits to compare with";
            case ENGINE_FAILED -> subject;
            case INTERRUPTED -> "interrupted; 'resume' goes on";
            case SCREENED_ACCURACY ->
                "no load was spent on it: its accuracy is surely lower than the margin allows" + after(subject);
            case SCREENING_OPEN ->
                "screened after too little: by how much blocks differ on this machine it could cost $" + figure
                        + " per 1 M output tokens, the leader at worst $" + limit;
            case SCREENED_COST ->
                "no more load was spent on it: at best $" + figure + " per 1 M output tokens, the leader at worst $"
                        + limit;
            case BUDGET_SPENT ->
                "the study's load budget of " + limit + " s was spent before it was measured to the end"
                        + after(subject);
            case RETRIES_SPENT ->
                "disturbed " + figure
                        + " times in a row; 'resume --retry-failed' on a quieter machine measures it once more";
            case NOT_MEASURED -> "not measured yet" + after(subject);
            case CHEAPEST -> "cheapest variant that meets the objectives";
            case LEADING -> "cheapest so far of those that qualify; others could still be cheaper";
            case DEARER -> "costs " + ratio(reason.figure()) + " times as much as the chosen one" + after(subject);
            case COST_TIED ->
                "costs " + ratio(reason.figure()) + " times as much as the chosen one, which is not surely more"
                        + after(subject);
            case SATURATED_THROUGHPUT_DIFFERS ->
                "yet under more load than either can do it surely serves " + ratio(reason.figure())
                        + " times as many tokens a second" + after(subject);
            case COST_OPEN -> "its cost could not be compared with the chosen one's: fewer than two blocks hold both";
            case NO_PRICE -> "it has no price: " + (subject.isEmpty() ? "its capacity is not known" : subject);
            case OBJECTIVES_MISSED -> "no rate that was offered met the objectives, down to " + figure + " requests/s";
            case CAPACITY_OPEN ->
                "the " + figure + " rates offered in one block did not close in on its capacity; raise most-probes";
            case GOODPUT_MISSED ->
                "in '" + subject + "' surely less than " + most + " of requests were good (at most " + percent + ")";
            case GOODPUT_OPEN ->
                "in '" + subject + "' whether " + most + " of requests are good is open; about "
                        + count(reason.figure()) + " requests would settle it";
            case ACCURACY_INFERIOR ->
                "accuracy" + on(subject) + " is surely lower than the baseline's by more than the margin (at best "
                        + points(reason.figure()) + ", margin " + points(reason.limit()) + ")";
            case ACCURACY_OPEN ->
                "accuracy" + on(subject) + " is inconclusive; about " + count(reason.figure())
                        + " samples would settle it";
            case ACCURACY_MISSING -> "its accuracy was not measured" + after(subject);
            case BASELINE_NOT_EVALUATED -> "the baseline's accuracy was not measured, so nothing can be held to it";
            case BASELINE_ANSWERS_FAILED ->
                percent + " of the baseline's own samples" + on(subject) + " got no answer (limit " + most
                        + "), so nothing can be held to it";
            case EVALUATED_BY_SUBSET ->
                "differs from " + subject + " only in batching: held to its answers on " + figure + " samples";
            case NO_ANSWERS_UNDER_LOAD -> "the load ended before any question was answered beside it";
            case IMPORTED ->
                "imported, not measured here: offered by " + subject
                        + "; neither its client nor its machine was watched";
            case FIGURE_REFUSED -> "left out: " + subject;
        };
    }

    private static String on(String task) {
        return task.isEmpty() ? "" : " on " + task;
    }

    private static String after(String subject) {
        return subject.isEmpty() ? "" : ": " + subject;
    }

    private static String number(@Nullable Double value) {
        return value == null ? "?" : Notation.PLAIN.number(value);
    }

    private static String ratio(@Nullable Double value) {
        return value == null ? "?" : DecisionText.ratio(value);
    }

    /** An estimated count; more than two digits of it would claim what nobody knows. */
    private static String count(@Nullable Double value) {
        return value == null
                ? "?"
                : Notation.count(BigDecimal.valueOf(value)
                        .round(new MathContext(2, RoundingMode.UP))
                        .longValue());
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "?" : Notation.PERCENT.number(share) + " %";
    }

    private static String points(@Nullable Double share) {
        return share == null ? "?" : String.format(Locale.ROOT, "%s pp", Notation.POINTS.number(share));
    }
}
