package dev.weighbridge.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Filters one behind the other. */
final class FilterChain implements AnswerFilter {
    private final List<AnswerFilter> filters;

    FilterChain(List<AnswerFilter> filters) {
        this.filters = List.copyOf(filters);
    }

    @Override
    public Release accept(String text) {
        String current = text;
        for (int i = 0; i < filters.size(); i++) {
            Release release = filters.get(i).accept(current);
            current = release.text();
            if (release.finishReason() != null) {
                return end(i + 1, current, release.finishReason());
            }
        }
        return Release.of(current);
    }

    @Override
    public Release end(String finishReason) {
        return end(0, "", finishReason);
    }

    private Release end(int from, String text, String finishReason) {
        String current = text;
        String reason = finishReason;
        for (AnswerFilter filter : filters.subList(from, filters.size())) {
            Release more = filter.accept(current);
            @Nullable String ended = more.finishReason();
            if (ended != null) {
                current = more.text();
                reason = ended;
            } else {
                Release last = filter.end(reason);
                current = more.text() + last.text();
                reason = last.finishReason() == null ? reason : last.finishReason();
            }
        }
        return new Release(current, reason);
    }
}
