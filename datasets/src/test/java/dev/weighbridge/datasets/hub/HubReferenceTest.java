package dev.weighbridge.datasets.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.datasets.DataException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubReferenceTest {
    @ParameterizedTest
    @CsvSource(
            emptyValue = "",
            value = {
                "hf://openai/gsm8k, main, '', test",
                "hf://openai/gsm8k/main, main, main, test",
                "hf://openai/gsm8k@v1.0/socratic/train, v1.0, socratic, train",
                "hf://openai/gsm8k@refs%2Fconvert%2Fparquet//dev, refs/convert/parquet, '', dev",
                "hf://openai/gsm8k@a+b/main/, a+b, main, test",
            })
    void aReferenceSaysWhatIsMeant(String text, String revision, String config, String split) {
        HubReference reference = HubReference.parse(text);
        assertThat(reference).isEqualTo(new HubReference("openai/gsm8k", revision, config, split));
        assertThat(HubReference.parse(reference.toString())).isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gsm8k",
                "hf://gsm8k",
                "hf://a/b/c/d/e",
                "hf://../etc/passwd",
                "hf://a/..",
                "hf://a--b/c",
                "hf://a/b@../../x",
                "hf://a/b@%2",
                "hf://a/b@",
                "hf://a/b?c",
                "hf://a b/c"
            })
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> HubReference.parse(text)).isInstanceOf(DataException.class);
    }

    @Test
    void settingsComeFromTheEnvironment() {
        HubSettings usual = HubSettings.of(Map.of(), Path.of("cache"));
        assertThat(usual.endpoint()).hasToString("https://huggingface.co");
        assertThat(usual.token()).isEmpty();
        assertThat(usual.offline()).isFalse();
        assertThat(usual.mostBytes()).isEqualTo(2L << 30);
        HubSettings own = HubSettings.of(
                Map.of("HF_ENDPOINT", "http://mirror:8080/hub/", "HF_TOKEN", " hf_x ", "HF_HUB_OFFLINE", "1"),
                Path.of("cache"));
        assertThat(own.endpoint()).hasToString("http://mirror:8080/hub");
        assertThat(own.token()).isEqualTo(Optional.of("hf_x"));
        assertThat(own.offline()).isTrue();
        assertThat(own.toString()).contains("token=set").doesNotContain("hf_x");
    }

    @ParameterizedTest
    @CsvSource({
        "HF_ENDPOINT, file:///etc",
        "HF_ENDPOINT, not an address",
        "HF_ENDPOINT, https://user:secret@host",
        "HF_TOKEN, sec\u00e9ret"
    })
    void settingsThatCannotBeAreRefusedWithoutBeingShown(String name, String value) {
        assertThatThrownBy(() -> HubSettings.of(Map.of(name, value), Path.of("cache")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(name)
                .hasMessageNotContaining("ret");
    }
}
