package dev.weighbridge.scoring;

/** One kind of scorer. A new one is a class that implements this and a line in {@code META-INF/services}. */
public interface ScorerKind {
    /** Kebab-case name by which tasks ask for it, for example {@code exact-match}. */
    String id();

    /** What it judges and by which definition, one sentence for a list of kinds. */
    String description();

    /** The requests whose replies it judges. */
    Accepts accepts();

    /**
     * Opens a scorer.
     *
     * @throws ScoringException when an option is unknown or has no good value, or when it cannot work on this machine
     */
    Scorer open(ScorerOptions options);

    /** Which replies a scorer takes. */
    enum Accepts {
        /** Answers that the model wrote. */
        WRITTEN,
        /** Likelihoods of the choices. */
        CHOICES,
        /** The likelihood of one text. */
        LIKELIHOOD
    }
}
