package org.millrace.api.deadletter;

import java.io.IOException;
import java.util.List;
import org.millrace.api.StartException;

/** Where the dead letters of a sink go. In a turn: {@link #put}, then {@link #keep} or {@link #takeBack}. The sink's thread only. */
interface Letterbox extends AutoCloseable {
    /** For messages: what stands behind "the dead letters in". */
    String place();

    /** Makes ready what the file names; what it does not name is made ready when it is needed. */
    void start() throws StartException;

    /**
     * Puts events; they are as safe as they will be when this returns.
     *
     * @param letters lent
     * @throws IOException if not all of them could be put; what happened to the others is settled by {@link #takeBack}
     */
    void put(List<Letter> letters) throws IOException;

    /** The turn's transaction is committed: what was put stays. */
    void keep();

    /** It is not, and the events will come again: none of them is to be there twice then. */
    void takeBack();

    /** Looks whether something is to be done because of its age, also without traffic. */
    void finishDue();

    @Override
    void close();
}
