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
        long words = Math.max(1, Math.round(tokens / draw.tokensPerWord()));
        for (long i = 1; i < words; i++) {
            text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.toString();
    }

    @Override
    public int size() {
        return Integer.MAX_VALUE;
    }
}
