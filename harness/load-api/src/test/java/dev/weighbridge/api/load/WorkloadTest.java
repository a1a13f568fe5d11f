package dev.weighbridge.api.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final PromptSource NUMBERED = new PromptSource() {
        @Override
        public String prompt(int number) {
            return "q" + number;
        }

        @Override
        public int size() {
            return Integer.MAX_VALUE;
        }
    };

    private static RequestClass kind(
            String name,
            double weight,
            int turns,
            Optional<RequestClass.SharedPrefix> prefix,
            Optional<RequestClass.Cancelled> cancelled) {
        return new RequestClass(
                name,
                weight,
                NUMBERED,
                new TokenLength.Exactly(8),
                turns,
                Duration.ofSeconds(1),
                prefix,
                cancelled,
                null);
    }

    private static List<PlannedRequest> first(Workload workload, int sessions) {
        List<PlannedRequest> requests = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            requests.add(workload.session(i, Optional.empty()).next(null));
        }
        return requests;
    }

    @Test
    void sessionsFollowFromTheirNumberAndTheSeedWhateverElseIsDrawn() {
        Workload mixed = new Workload(
                List.of(
                        kind("rare", 1, 1, Optional.empty(), Optional.empty()),
                        kind("usual", 3, 1, Optional.empty(), Optional.empty())),
                7);

        List<PlannedRequest> requests = first(mixed, 4_000);
        assertThat(first(mixed, 4_000)).isEqualTo(requests);
        assertThat(mixed.session(3_999, Optional.empty()).next(null)).isEqualTo(requests.get(3_999));
        long rare =
                requests.stream().filter(r -> "rare".equals(r.requestClass())).count();
        // Five standard errors of a share of a quarter.
        assertThat(rare).isBetween(1_000L - 137, 1_000L + 137);
        assertThat(requests).extracting(PlannedRequest::prompt).doesNotHaveDuplicates();
    }

    @Test
    void aConversationCarriesQuestionsAndAnswersAndThinksBetweenThem() {
        Workload.Session session = new Workload(List.of(kind("chat", 1, 3, Optional.empty(), Optional.empty())), 7)
                .session(5, Optional.empty());

        PlannedRequest one = session.next(null);
        assertThat(session.needsAnswers()).isTrue();
        PlannedRequest two = session.next("a1");
        PlannedRequest three = session.next(null);
        assertThat(session.hasNext()).isFalse();
        assertThat(one.offsetNanos()).isZero();
        assertThat(two.offsetNanos()).isEqualTo(1_000_000_000L);
        assertThat(two.messages())
                .containsExactly(
                        new Message("user", "q15"), new Message("assistant", "a1"), new Message("user", "q16"));
        assertThat(three.text()).as("a failed answer is left out").isEqualTo("q15\na1\nq16\nq17");
        assertThat(one.requestClass()).as("the only class is not named").isNull();
    }

    @Test
    void prefixesAreSharedByTheirShareOfSessions() {
        RequestClass.SharedPrefix prefix =
                new RequestClass.SharedPrefix(PromptSource.of(List.of("p0", "p1", "p2")), 2, 0.5);
        List<PlannedRequest> requests =
                first(new Workload(List.of(kind("all", 1, 1, Optional.of(prefix), Optional.empty())), 7), 2_000);

        long shared = requests.stream().filter(r -> r.text().startsWith("p")).count();
        assertThat(shared).isBetween(1_000L - 112, 1_000L + 112);
        assertThat(requests.stream()
                        .map(r -> r.text().substring(0, 2))
                        .filter(t -> t.startsWith("p"))
                        .distinct())
                .containsExactlyInAnyOrder("p0", "p1");
        assertThat(requests).extracting(PlannedRequest::text).doesNotHaveDuplicates();
    }

    @Test
    void theShareThatHangsUpIsMet() {
        Optional<RequestClass.Cancelled> some =
                Optional.of(new RequestClass.Cancelled(0.25, new Cancellation(3, null)));
        long hungUp = first(new Workload(List.of(kind("all", 1, 1, Optional.empty(), some)), 7), 4_000).stream()
                .filter(r -> r.cancellation().isPresent())
                .count();

        assertThat(hungUp).isBetween(1_000L - 137, 1_000L + 137);
    }

    @Test
    void lengthsOfATraceReplaceThoseOfTheClass() {
        Arrivals.Lengths lengths = new Arrivals.Lengths(new int[] {9, 9}, new int[] {0, 77});
        Workload workload = Workload.of(NUMBERED, new TokenLength.AtMost(5), 7);

        assertThat(workload.session(1, Optional.of(lengths)).next(null).tokens())
                .isEqualTo(77);
        assertThat(workload.session(1, Optional.of(lengths)).next(null).exactly())
                .isTrue();
        assertThat(workload.session(0, Optional.of(lengths)).next(null).tokens())
                .isEqualTo(1);
    }

    @Test
    void classesOfOneNameAndSharesThatAreNoneAreRefused() {
        RequestClass one = kind("a", 1, 1, Optional.empty(), Optional.empty());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload(List.of(one, one), 1))
                .withMessageContaining("same name: [a, a]");
        assertThatIllegalArgumentException().isThrownBy(() -> new Workload(List.of(), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kind("a", 0, 1, Optional.empty(), Optional.empty()))
                .withMessageContaining("weight");
    }
}
