package dev.weighbridge.gateway.guard;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Masks or blocks personal and secret data, see {@link PiiMasking}. A block tells the kind alone, never the data. */
public final class PiiGuard implements Guard {
    private final Post post;
    private final Action action;
    private final Set<PiiKind> kinds;

    /** A guard against these kinds, of which there must be one. */
    public PiiGuard(Post post, Action action, Set<PiiKind> kinds) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("guard '" + post.id() + "' looks for no kind. Leave out kinds for all");
        }
        this.post = post;
        this.action = action;
        this.kinds = Set.copyOf(kinds);
    }

    @Override
    public Post post() {
        return post;
    }

    @Override
    public Map<String, Object> description() {
        return Map.of(
                "type", "pii",
                "action", action.id(),
                "kinds", kinds.stream().sorted().map(PiiKind::id).toList());
    }

    @Override
    public Verdict judge(Side side, String text) {
        if (action == Action.MASK) {
            return PiiMasking.judge(text, kinds);
        }
        List<Finding> findings = PiiMasking.find(text, kinds);
        return findings.isEmpty()
                ? Verdict.PASS
                : new Verdict.Blocked(post.id(), findings.get(0).kind(), "");
    }
}
