package org.millrace.api;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys that a component has asked for, and those that it would ask for if other keys had other values, by their full names. What is
 * made from one shares its keys with it, but for {@link #apart}. One thread.
 */
final class KnownKeys {
    /** In the order of the first reading. */
    private final Map<String, KeyDefinition> known;
    /** Those that would be read if other keys had other values. */
    private final Map<String, KeyDefinition> elsewise;
    /** Those whose values are not the file's. */
    private final Set<String> given;
    /** Those whose values nobody is to see. */
    private final Set<String> secrets;

    KnownKeys() {
        this(new LinkedHashMap<>(), new LinkedHashMap<>(), Set.of(), new HashSet<>());
    }

    private KnownKeys(
            Map<String, KeyDefinition> known,
            Map<String, KeyDefinition> elsewise,
            Set<String> given,
            Set<String> secrets) {
        this.known = known;
        this.elsewise = elsewise;
        this.given = given;
        this.secrets = secrets;
    }

    /** For what is read only if other keys have other values. */
    KnownKeys elsewise() {
        return new KnownKeys(elsewise, elsewise, given, secrets);
    }

    /** For what is to be looked at before anything of it is known here. */
    KnownKeys apart() {
        Map<String, KeyDefinition> found = new LinkedHashMap<>();
        return new KnownKeys(found, found, given, secrets);
    }

    /** For settings in which these do not have the file's values: to read them does not make them known. */
    KnownKeys with(Collection<String> givenValues) {
        Set<String> all = new LinkedHashSet<>(given);
        all.addAll(givenValues);
        return new KnownKeys(known, elsewise, all, secrets);
    }

    /** A key is read. What is said of it last counts. */
    void read(KeyDefinition definition) {
        if (!given.contains(definition.key())) {
            known.put(definition.key(), definition);
        }
    }

    /** A key is told of, which may have been read, and is known then. */
    void tell(KeyDefinition definition) {
        known.putIfAbsent(definition.key(), definition);
    }

    /** A key would be read if other keys had other values. */
    void tellElsewise(KeyDefinition definition) {
        elsewise.putIfAbsent(definition.key(), definition);
    }

    boolean contains(String fullKey) {
        return known.containsKey(fullKey);
    }

    /** A view of those that were asked for. */
    Set<String> names() {
        return known.keySet();
    }

    /** Of those that were asked for so far, in that order, and of those that would be. */
    List<KeyDefinition> definitions() {
        Map<String, KeyDefinition> all = new LinkedHashMap<>(known);
        elsewise.forEach(all::putIfAbsent);
        return List.copyOf(all.values());
    }

    void hide(String fullKey) {
        secrets.add(fullKey);
    }

    boolean isHidden(String fullKey) {
        return secrets.contains(fullKey);
    }

    Set<String> hidden() {
        return Set.copyOf(secrets);
    }
}
