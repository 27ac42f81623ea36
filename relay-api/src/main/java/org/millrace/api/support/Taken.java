package org.millrace.api.support;

import java.util.ArrayList;
import java.util.List;
import org.millrace.codec.EventBatch;

/**
 * What a transaction has taken, in the order in which it got it. Its events are counted from 0, and keep their numbers when others are
 * moved away. Owns the batches. Not thread-safe.
 */
final class Taken<T extends TakenBatch> {
    /** By the number of their first event. */
    private final List<Run<T>> runs = new ArrayList<>(4);

    private int nextNumber;
    /** So many of the first runs have memory of their own. */
    private int condensed;

    private record Run<T extends TakenBatch>(int first, T taken) {
        int end() {
            return first + taken.batch().events();
        }
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** Takes it over. */
    void add(T taken) {
        runs.add(new Run<>(nextNumber, taken));
        nextNumber += taken.batch().events();
    }

    List<T> all() {
        List<T> all = new ArrayList<>(runs.size());
        runs.forEach(run -> all.add(run.taken()));
        return all;
    }

    /** All is the caller's. */
    List<T> removeAll() {
        List<T> all = all();
        runs.clear();
        condensed = 0;
        return all;
    }

    /** Moves some events behind those of another one. A batch is cut where they begin and end; no byte is copied. */
    void moveTo(Taken<T> other, int first, int events, Exchange<T> channel) {
        int from = checkHas(first, events);
        condensed = Math.min(condensed, from);
        cut(from, first, channel);
        int at = runs.get(from).first() < first ? from + 1 : from;
        int to = at;
        while (to < runs.size() && runs.get(to).first() < first + events) {
            cut(to, first + events, channel);
            other.add(runs.get(to).taken());
            to++;
        }
        runs.subList(at, to).clear();
    }

    /** Copies batches that share their memory with others. */
    void condense(Exchange<T> channel) {
        for (; condensed < runs.size(); condensed++) {
            Run<T> run = runs.get(condensed);
            EventBatch whole = run.taken().batch();
            EventBatch own = whole.condensed();
            if (!own.equals(whole)) {
                runs.set(condensed, new Run<>(run.first(), channel.part(run.taken(), 0, own)));
            }
        }
    }

    /** @return index of the run that has the first one */
    private int checkHas(int first, int events) {
        int from = events < 1 ? -1 : indexOf(first);
        long next = first;
        for (int i = from;
                i >= 0 && i < runs.size() && runs.get(i).first() <= next && next < (long) first + events;
                i++) {
            next = runs.get(i).end();
        }
        if (from < 0 || next < (long) first + events) {
            throw new IllegalArgumentException(events + " events from the one with number " + first
                    + " on (expected: at least 1, out of " + nextNumber + ", none of them given away)");
        }
        return from;
    }

    /** Of the run that has the event; -1 if there is none. */
    private int indexOf(int number) {
        int low = 0;
        int high = runs.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (runs.get(middle).end() <= number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < runs.size() && runs.get(low).first() <= number ? low : -1;
    }

    /** Makes two of a run, if the event is in the midst of it. */
    private void cut(int index, int number, Exchange<T> channel) {
        Run<T> run = runs.get(index);
        if (number <= run.first() || number >= run.end()) {
            return;
        }
        EventBatch.Split parts = run.taken().batch().split(number - run.first());
        runs.set(index, new Run<>(run.first(), channel.part(run.taken(), 0, parts.head())));
        runs.add(index + 1, new Run<>(number, channel.part(run.taken(), number - run.first(), parts.tail())));
    }
}
