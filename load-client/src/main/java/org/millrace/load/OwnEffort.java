package org.millrace.load;

/** Measures what the load tester takes of its machine. The sender's thread. */
interface OwnEffort {
    /** Called when measuring begins. */
    void begin();

    /** Called once, when it is over. */
    Share end();

    /**
     * Shares of what there is, 0 to 1; NaN if nobody knows.
     *
     * @param sender of one processor, taken by the thread that sends
     * @param busiestLoop of one processor, taken by the event loop that took most
     * @param machine of all processors, taken by everybody
     * @param process of all processors, taken by us
     */
    record Share(double sender, double busiestLoop, double machine, double process) {
        static final Share UNKNOWN = new Share(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
}
