package dev.weighbridge.scoring.sandbox;

/** The languages of programs a {@link Sandbox} can run. */
public enum Language {
    /** Python 3, by the {@code python3} of {@code /usr/bin} or {@code /usr/local/bin}. */
    PYTHON,
    /** Java, by the JDK that runs this program. */
    JAVA
}
