package org.millrace.serializer;

import java.util.LinkedHashMap;
import java.util.Map;

/** Forgets what was used longest ago: senders decide about its keys, not about our memory. */
final class Recent<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    Recent(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > most;
    }
}
