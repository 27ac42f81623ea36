package org.millrace.relay.sink.group;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Who of several comes first in the next round, and who after it. Stateful; one thread. */
interface TurnOrder {
    /** @param eligible in the order of the file, perhaps none */
    List<GroupedSink> next(List<GroupedSink> eligible);

    /** Each round begins with the one after that which the round before began with. */
    static TurnOrder roundRobin() {
        return new TurnOrder() {
            private int head;

            @Override
            public List<GroupedSink> next(List<GroupedSink> eligible) {
                List<GroupedSink> round = new ArrayList<>(eligible.size());
                int first = head < eligible.size() ? head : 0;
                for (int i = 0; i < eligible.size(); i++) {
                    round.add(eligible.get((first + i) % eligible.size()));
                }
                head = first + 1;
                return round;
            }
        };
    }

    /** Any order, a new one each round. */
    static TurnOrder random(RandomGenerator random) {
        return eligible -> {
            List<GroupedSink> round = new ArrayList<>(eligible);
            for (int i = round.size() - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                round.set(i, round.set(j, round.get(i)));
            }
            return round;
        };
    }
}
