package org.millrace.load;

/** The bodies of events, by the event's number. The sender's thread. */
interface Bodies {
    /** The bytes that {@link #offset} and {@link #length} count in. Read only. */
    byte[] array();

    int offset(long event);

    int length(long event);

    /** Bytes of the longest one. */
    int longest();

    /** After how many events they begin again. */
    long period();

    /** True if it does not matter after how many events they begin again, as they are drawn by chance. */
    boolean isDrawn();
}
