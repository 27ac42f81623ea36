package org.millrace.listener;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.millrace.api.Settings;

/**
 * Which peers may connect: {@code allow|deny:ip|name:pattern}, comma-separated, where {@code *} stands for any run of characters
 * and {@code ?} for one. The first rule that matches decides; a peer that none matches may come in, as with Flume. Immutable.
 */
public final class IpFilter {
    /** Lets everybody in. */
    public static final IpFilter OFF = new IpFilter(List.of());

    private static final int PARTS = 3;

    private final List<Rule> rules;

    private IpFilter(List<Rule> rules) {
        this.rules = rules;
    }

    /** What the rules say of an address. */
    enum Verdict {
        ALLOWED,
        DENIED,
        /** A rule asks for the peer's name, which takes a look-up that may block. */
        NEEDS_NAME
    }

    /** Reads {@code ipFilter} and {@code ipFilterRules}. */
    public static IpFilter read(Settings settings) {
        boolean isOn = settings.bool("ipFilter")
                .about("whether peers are let in by the rules")
                .orElse(false);
        IpFilter filter = settings.value(
                        "ipFilterRules", "allow|deny:ip|name:pattern, separated by commas", IpFilter::parse, OFF)
                .byDefault("")
                .about("the rules, the first that fits decides; whoever fits none is let in")
                .orElse(OFF);
        if (isOn && !settings.has("ipFilterRules")) {
            settings.problem("ipFilter", "true without ipFilterRules (expected: allow|deny:ip|name:pattern,...)");
        }
        return isOn ? filter : OFF;
    }

    /** @throws IllegalArgumentException naming the rule that is none */
    static IpFilter parse(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String rule : text.split(",", -1)) {
            rules.add(Rule.parse(rule.trim()));
        }
        return new IpFilter(List.copyOf(rules));
    }

    /** What can be said without asking for the peer's name. Does not block. */
    Verdict verdict(InetAddress peer) {
        for (Rule rule : rules) {
            if (rule.isByName() && !rule.isForLocalhost(peer)) {
                return Verdict.NEEDS_NAME;
            }
            if (rule.matches(peer)) {
                return rule.verdict();
            }
        }
        return Verdict.ALLOWED;
    }

    /** What the rules say. May block: it looks the peer's name up where a rule asks for it. */
    boolean allows(InetAddress peer) {
        return rules.stream()
                .filter(rule -> rule.matches(peer))
                .findFirst()
                .map(rule -> rule.verdict() == Verdict.ALLOWED)
                .orElse(true);
    }

    private record Rule(Verdict verdict, boolean isByName, boolean hasLocalhost, Pattern pattern) {
        static Rule parse(String text) {
            String[] parts = text.split(":", PARTS);
            if (parts.length < PARTS || parts[2].isEmpty()) {
                throw new IllegalArgumentException("not a rule: '" + text + "'");
            }
            Verdict verdict = switch (parts[0]) {
                case "allow" -> Verdict.ALLOWED;
                case "deny" -> Verdict.DENIED;
                default -> throw new IllegalArgumentException("neither allow nor deny: '" + text + "'");
            };
            boolean isByName = switch (parts[1]) {
                case "name" -> true;
                case "ip" -> false;
                default -> throw new IllegalArgumentException("neither ip nor name: '" + text + "'");
            };
            boolean hasLocalhost = isByName && parts[2].equals("localhost");
            return new Rule(verdict, isByName, hasLocalhost, wildcards(parts[2]));
        }

        boolean matches(InetAddress peer) {
            String text = isByName ? peer.getHostName() : peer.getHostAddress();
            return isForLocalhost(peer) || pattern.matcher(text).matches();
        }

        /** {@code name:localhost} means this machine under each of its addresses. */
        boolean isForLocalhost(InetAddress peer) {
            return hasLocalhost && isOfThisMachine(peer);
        }

        private static boolean isOfThisMachine(InetAddress peer) {
            try {
                return peer.isLoopbackAddress() || NetworkInterface.getByInetAddress(peer) != null;
            } catch (SocketException e) {
                return false; // the system cannot list its interfaces: the name decides
            }
        }

        private static Pattern wildcards(String text) {
            StringBuilder regex = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                switch (c) {
                    case '*' -> regex.append(".*");
                    case '?' -> regex.append('.');
                    default -> regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return Pattern.compile(regex.toString());
        }
    }
}
