package dev.weighbridge.gateway;

import dev.weighbridge.gateway.guard.GuardPolicy;
import dev.weighbridge.gateway.guard.Judgement;
import dev.weighbridge.gateway.guard.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Lets a streamed text through in windows. Text is held back until a sentence ends (a full stop, exclamation or question mark
 * before a blank, one of their Chinese forms, or a line break) or as many characters are held as the window has. Then it is judged
 * together with up to a window of what went before. If that passes, everything up to the sentence's end goes on, or else what
 * lies half a window or more before the end, up to a blank. If it is masked, the border is moved to a blank before a place that is
 * masked and lies across it. Where there is no such border, everything is held back until two windows are.
 *
 * <p>So a phrase of up to half a window, or a word of up to a window and a half, wherever chunks end, is found before its end is
 * sent; the beginning of one that goes over the end of a sentence may have been sent before. Not found is what needs more than two
 * windows to be seen, such as a topic whose threshold is reached over pages.
 */
final class StreamWindow implements AnswerFilter {
    private static final int MOST_TRIES = 8;

    private final GuardPolicy policy;
    private final Judge judge;
    private final StringBuilder held = new StringBuilder();
    private String before = "";
    private int scanned;
    private int full;

    /** Judges texts, and hears which judgements came to be seen. */
    interface Judge {
        Judgement judge(String text);

        void masked(Judgement judgement);

        void blocked(Verdict.Blocked blocked);
    }

    StreamWindow(GuardPolicy policy, Judge judge) {
        this.policy = policy;
        this.judge = judge;
        this.full = policy.window();
    }

    @Override
    public Release accept(String text) {
        held.append(text);
        int cut = policy.release() == GuardPolicy.ReleaseAt.SENTENCE ? sentenceEnd() : 0;
        scanned = held.length();
        if (cut == 0 && held.length() < full) {
            return Release.NOTHING;
        }
        if (cut == 0) {
            cut = border();
        }
        return cut == 0 ? holdMore() : release(cut);
    }

    @Override
    public Release end(String finishReason) {
        Release rest = held.length() == 0 ? Release.NOTHING : release(held.length());
        return rest.finishReason() != null ? rest : new Release(rest.text(), finishReason);
    }

    private Release release(int cut) {
        String text = before + held;
        Judgement whole = judge.judge(text);
        if (whole.verdict() instanceof Verdict.Blocked blocked) {
            return block(blocked);
        }
        if (whole.verdict() instanceof Verdict.Pass) {
            return send(held.substring(0, cut), cut);
        }
        int border = cut;
        for (int tries = 0; tries < MOST_TRIES && border > 0; tries++) {
            Release release = release(whole, text, border);
            if (release != null) {
                return release;
            }
            border = blank(border - 1);
        }
        return cut < held.length() && held.length() < 2 * policy.window() ? holdMore() : sendAlone();
    }

    /** What goes on up to a border, if the text is masked alike in two parts; {@code null} where a masked place lies across it. */
    private @Nullable Release release(Judgement whole, String text, int border) {
        String front = before + held.substring(0, border);
        String back = held.substring(border);
        Judgement ofFront = back.isEmpty() ? whole : judge.judge(front);
        Judgement ofBack = judge.judge(back);
        if (ofFront.verdict() instanceof Verdict.Blocked blocked) {
            return block(blocked);
        }
        String masked = GuardStage.textOf(ofFront, front);
        boolean alike = GuardStage.textOf(whole, text).equals(masked + GuardStage.textOf(ofBack, back));
        if (!alike || !masked.startsWith(before)) {
            return null;
        }
        judge.masked(ofFront);
        return send(masked.substring(before.length()), border);
    }

    private Release holdMore() {
        full = Math.min(2 * policy.window(), held.length() + policy.window() / 2);
        return Release.NOTHING;
    }

    /** What is masked reaches into what was sent, or no border is free of it: everything held is masked by itself. */
    private Release sendAlone() {
        String text = held.toString();
        Judgement alone = judge.judge(text);
        if (alone.verdict() instanceof Verdict.Blocked blocked) {
            return block(blocked);
        }
        judge.masked(alone);
        return send(GuardStage.textOf(alone, text), held.length());
    }

    private Release send(String text, int cut) {
        held.delete(0, cut);
        scanned = held.length();
        full = policy.window();
        String sent = before + text;
        before = sent.substring(Math.max(0, sent.length() - policy.window()));
        return Release.of(text);
    }

    private Release block(Verdict.Blocked blocked) {
        judge.blocked(blocked);
        held.setLength(0);
        return new Release("", CONTENT_FILTER);
    }

    /** Behind the last sentence that ended with what came in, or 0. */
    private int sentenceEnd() {
        for (int i = held.length(); i > Math.max(0, scanned - 1); i--) {
            char last = held.charAt(i - 1);
            boolean marked = i >= 2 && Character.isWhitespace(last) && ".!?".indexOf(held.charAt(i - 2)) >= 0;
            if (marked || last == '\n' || "。！？".indexOf(last) >= 0) {
                return i;
            }
        }
        return 0;
    }

    /**
     * Behind the last blank that lies half a window before the end. Without one, 0 while two windows are not full, and then half a
     * window before the end, but never amid a code point.
     */
    private int border() {
        int half = held.length() - policy.window() / 2;
        int blank = blank(half);
        if (blank > 0 || held.length() < 2 * policy.window()) {
            return blank;
        }
        return Character.isLowSurrogate(held.charAt(half)) ? half + 1 : half;
    }

    /** Behind the last blank that ends there or before, or 0. */
    private int blank(int most) {
        for (int i = most; i > 0; i--) {
            if (Character.isWhitespace(held.charAt(i - 1))) {
                return i;
            }
        }
        return 0;
    }
}
