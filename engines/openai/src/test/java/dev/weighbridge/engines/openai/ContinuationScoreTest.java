package dev.weighbridge.engines.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.ScoringEngine.Score;
import org.junit.jupiter.api.Test;

class ContinuationScoreTest {
    @Test
    void tokensFromTheBoundaryOnAreSummed() {
        // "The| cat| sat| down"
        Score score = ContinuationScore.of(
                logprobs("[null,-1,-2,-4]", "[null,{\"a\":-0.5},{\" sat\":-2},{\" down\":-4}]", "[0,3,7,11]"),
                "The cat",
                " sat down");
        assertThat(score).isEqualTo(new Score(-6, 2, true));
    }

    @Test
    void trailingSpaceOfTheContextBelongsToTheContinuation() {
        Score score = ContinuationScore.of(
                logprobs("[null,-1,-2]", "[null,{\"a\":-1},{\"b\":-1.5}]", "[0,3,7]"), "The cat ", "sat");
        assertThat(score).isEqualTo(new Score(-2, 1, false));
    }

    @Test
    void tokenAcrossTheBoundaryIsCounted() {
        // "un|believ|able" with the context "unbe"
        Score score = ContinuationScore.of(
                logprobs("[null,-1,-2]", "[null,{\"a\":-1},{\"b\":-2}]", "[0,2,8]"), "unbe", "lievable");
        assertThat(score).isEqualTo(new Score(-3, 2, true));
    }

    @Test
    void offsetsAreCodePointsAndBytePiecesOfOneCharacterShareAnOffset() {
        // "🌍| 世" where the last character is two byte tokens
        Score score = ContinuationScore.of(logprobs("[null,-1,-2,-3]", "[null,{},{},{}]", "[0,1,2,2]"), "🌍", " 世");
        assertThat(score.tokens()).isEqualTo(3);
        assertThat(score.logLikelihood()).isCloseTo(-6, within(1e-12));
    }

    @Test
    void markAtTheStartIsNotScored() {
        Score score = ContinuationScore.of(logprobs("[null,-1]", "[null,{\"a\":-1}]", "[0,0]"), "", "word");
        assertThat(score).isEqualTo(new Score(-1, 1, true));
    }

    @Test
    void firstTokenOfATextCannotBeScored() {
        assertThatThrownBy(() -> ContinuationScore.of(logprobs("[null,-1]", "[null,{}]", "[0,4]"), "", "word two"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Give it a context");
    }

    @Test
    void missingOffsetsAreReported() {
        assertThatThrownBy(() -> ContinuationScore.of(logprobs("[null,-1]", "[null,{}]", "[0]"), "a", "b"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("1 text_offset");
    }

    private static JsonNode logprobs(String likelihoods, String best, String offsets) {
        try {
            return new ObjectMapper()
                    .readTree("{\"token_logprobs\":" + likelihoods + ",\"top_logprobs\":" + best + ",\"text_offset\":"
                            + offsets + "}");
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
