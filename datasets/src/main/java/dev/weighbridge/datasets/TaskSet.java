package dev.weighbridge.datasets;

import java.util.List;
import java.util.Locale;

/**
 * A set of samples that an answer can be judged on.
 *
 * @param id kebab-case, for example {@code demo-arithmetic}
 * @param version of the samples; a change of any sample changes it
 * @param kind how an answer is obtained and judged
 * @param licence SPDX id
 * @param sha256 of the sample file, hex
 * @param maxTokens most tokens of a generated answer
 * @param stop texts that end a generated answer
 * @param samples in a fixed order
 */
public record TaskSet(
        String id,
        String version,
        Kind kind,
        String licence,
        String sha256,
        int maxTokens,
        List<String> stop,
        List<Sample> samples) {

    /** How an answer is obtained and judged. */
    public enum Kind {
        /** The model writes the answer; exact match against the target after trimming white space. */
        GENERATE,
        /** The model scores each choice by log-likelihood; the highest must be the target. */
        MULTIPLE_CHOICE;

        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public TaskSet {
        stop = List.copyOf(stop);
        samples = List.copyOf(samples);
    }

    /**
     * One question with its right answer.
     *
     * @param id unique in its set
     * @param prompt exactly as the model sees it
     * @param target the right answer; for multiple choice equal to one of the choices
     * @param choices continuations of the prompt, each with its leading delimiter; empty for generated answers
     * @param cluster samples of one cluster share a source, for clustered standard errors; equal to the id when alone
     */
    public record Sample(String id, String prompt, String target, List<String> choices, String cluster) {
        public Sample {
            choices = List.copyOf(choices);
        }
    }
}
