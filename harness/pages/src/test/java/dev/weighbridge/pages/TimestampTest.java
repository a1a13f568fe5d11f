package dev.weighbridge.pages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimestampTest {
    @Test
    void anInstantIsWrittenInUtc() {
        assertThat(Timestamp.minute("2026-03-02T03:10:59.9Z")).isEqualTo("2026-03-02 03:10\u00A0UTC");
        assertThat(Timestamp.second("2026-03-02T03:10:59.9Z")).isEqualTo("2026-03-02 03:10:59");
    }

    @Test
    void whatIsNoInstantStaysAsItIs() {
        assertThat(Timestamp.minute("yesterday\u202E")).isEqualTo("yesterday\uFFFD");
    }
}
