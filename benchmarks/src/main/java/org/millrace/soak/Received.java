package org.millrace.soak;

/**
 * What a receiver has counted so far.
 *
 * @param numbers different events
 * @param events those that came twice counted twice
 * @param altered events that were not as they had been made; not in the others
 */
record Received(long numbers, long events, long altered) {
    static Received parse(String line) {
        String[] words = line.split(" ");
        return new Received(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    long duplicates() {
        return events - numbers;
    }
}
