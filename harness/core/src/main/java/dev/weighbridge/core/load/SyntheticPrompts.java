package dev.weighbridge.core.load;

import dev.weighbridge.api.load.SizedPrompts;
import dev.weighbridge.api.load.TokenLength;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Prompts of common words in no order. Each begins with a number of its own, so that no two begin alike and no prefix cache
 * answers.
 */
final class SyntheticPrompts implements SizedPrompts {
    private static final List<String> WORDS = List.of(
            "the",
            "water",
            "time",
            "people",
            "house",
            "green",
            "work",
            "light",
            "school",
            "night",
            "story",
            "river",
            "city",
            "music",
            "paper",
            "table",
            "friend",
            "morning",
            "summer",
            "winter",
            "garden",
            "window",
            "market",
            "road",
            "letter",
            "voice",
            "world",
            "number",
            "family",
            "money",
            "body",
            "color",
            "door",
            "field",
            "fire",
            "food",
            "game",
            "hand",
            "head",
            "horse",
            "idea",
            "island",
            "land",
            "line",
            "man",
            "mountain",
            "name",
            "open",
            "page",
            "plan",
            "plant",
            "point",
            "power",
            "problem",
            "question",
            "rain",
            "rock",
            "room",
            "sea",
            "ship",
            "sound",
            "star",
            "state",
            "stone",
            "street",
            "sun",
            "tree",
            "town",
            "village",
            "war",
            "week",
            "wind",
            "woman",
            "word",
            "year",
            "young");

    private final TokenLength length;
    private final PromptPlan.Draw draw;

    SyntheticPrompts(TokenLength length, PromptPlan.Draw draw) {
        this.length = length;
        this.draw = draw;
    }

    @Override
    public String prompt(int number) {
        return prompt(number, length.tokensOf(number, draw.seed()));
    }

    @Override
    public String prompt(int number, int tokens) {
        // Hashed first, since seeds lie close together.
        SplittableRandom random = new SplittableRandom(new SplittableRandom(draw.seed()).nextLong() + number);
        StringBuilder text = new StringBuilder().append(draw.part()).append('.').append(number);
        append(text, random, words(tokens) - 1);
        return text.toString();
    }

    /**
     * {@inheritDoc} Loads with different parts share no block, as they share no prompt. Blocks have no mark of their own, so that a
     * block is as long wherever it stands.
     */
    @Override
    public String prompt(int number, int tokens, int[] blocks, int blockTokens) {
        long left = words(tokens);
        long ofBlock = words(blockTokens);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < blocks.length && left > 0; i++) {
            long words = Math.min(left, ofBlock);
            append(text, new SplittableRandom(blockSeed() + blocks[i]), words);
            left -= words;
        }
        if (left > 0) {
            append(text, new SplittableRandom(new SplittableRandom(draw.seed()).nextLong() + number), left);
        }
        return text.toString();
    }

    private long blockSeed() {
        SplittableRandom hashed = new SplittableRandom(draw.seed());
        return hashed.nextLong() + new SplittableRandom(hashed.nextLong() + draw.part()).nextLong();
    }

    private static void append(StringBuilder text, SplittableRandom random, long words) {
        for (long i = 0; i < words; i++) {
            text.append(text.isEmpty() ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
        }
    }

    private long words(int tokens) {
        return Math.max(1, Math.round(tokens / draw.tokensPerWord()));
    }

    @Override
    public int size() {
        return Integer.MAX_VALUE;
    }
}
