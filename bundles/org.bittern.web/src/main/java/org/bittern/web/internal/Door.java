package org.bittern.web.internal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bittern.web.Access;
import org.bittern.web.Access.Right;
import org.bittern.web.Policy;
import org.bittern.web.Tickets;

/**
 * Judges requests by their heads; knows no servlets. Thread-safe.
 *
 * <p>The order follows Transmission: who is shut out, whose address is not listed, then the origin,
 * what a preflight asks, the credentials, the host name, and last the session id, so that no step
 * hands the session id to a request that failed an earlier one. Where no password guards the name
 * (all but Transmission's own rules), the host name comes before the credentials.
 */
final class Door {
    private static final String SESSION_HEADER = "X-Transmission-Session-Id";
    private static final String TOKEN_HEADER = "X-TT-Auth";
    private static final String BEARER = "bearer ";

    /** Browsers let a page choose the protocol of a WebSocket, but no header. */
    private static final String TOKEN_PROTOCOL = "tt.";

    private final Lockout lockout;
    private final Secret token;
    private final Secret session;
    private final String sessionId;
    private final TicketMint tickets;
    private volatile Rules rules;

    Door(Rules rules, String token, String sessionId, Lockout lockout, TicketMint tickets) {
        this.rules = rules;
        this.token = new Secret(token);
        this.session = new Secret(sessionId);
        this.sessionId = sessionId;
        this.lockout = lockout;
        this.tickets = tickets;
    }

    void adopt(Rules changed) {
        rules = changed;
    }

    /** What becomes of a request. */
    sealed interface Verdict {
        /**
         * It goes on to its servlet.
         *
         * @param origin to be named in CORS headers; empty: none
         */
        record Pass(Access access, Optional<String> origin) implements Verdict {}

        /** It is answered at the door. */
        record Refused(Refusal refusal, Optional<String> origin) implements Verdict {}

        /** A browser asks whether a page may send a request. */
        record Preflight(Optional<String> origin) implements Verdict {}
    }

    /**
     * Judges a request.
     *
     * @param path decoded
     */
    Verdict judge(Visit visit, Policy policy, String path) {
        Rules now = rules;
        Optional<Refusal> unwelcome = unwelcome(visit, policy, now);
        if (unwelcome.isPresent()) {
            return new Verdict.Refused(unwelcome.get(), Optional.empty());
        }
        List<String> origins = visit.headers().apply("Origin");
        if (!origins.stream().allMatch(origin -> trusted(origin, visit, now))) {
            return new Verdict.Refused(
                    new Refusal(403, "Forbidden", "pages of this origin are not welcome"),
                    Optional.empty());
        }
        Optional<String> origin = origins.stream().findFirst();
        if (visit.method().equals("OPTIONS")) {
            return new Verdict.Preflight(origin);
        }
        if (crossSite(visit, policy)) {
            return new Verdict.Refused(
                    new Refusal(403, "Forbidden", "calls from other sites are not welcome"),
                    Optional.empty());
        }
        Authentication shown = authenticate(visit, policy, path, now);
        if (shown.refusal().isPresent()) {
            return new Verdict.Refused(shown.refusal().get(), origin);
        }
        if (policy == Policy.CLASSIC && now.credentials().isEmpty() && !hostIsClassic(visit, now)) {
            return new Verdict.Refused(misdirected(), Optional.empty());
        }
        if (policy == Policy.CLASSIC && shown.right() != Right.TOKEN && !hasSession(visit)) {
            return new Verdict.Refused(conflict(now), origin);
        }
        return new Verdict.Pass(new Access(shown.right(), sessionId), origin);
    }

    /** Checks that have nothing to do with what the caller knows. */
    private Optional<Refusal> unwelcome(Visit visit, Policy policy, Rules now) {
        Optional<Duration> wait = lockout.remaining(visit.remote());
        if (wait.isPresent()) {
            String seconds = Long.toString(wait.get().toSeconds() + 1);
            return Optional.of(
                    new Refusal(429, "TooManyRequests", "too many failed logins; try again later")
                            .with("Retry-After", seconds));
        }
        if (now.bruteForceLimit() > 0
                && lockout.failures(visit.remote()) >= now.bruteForceLimit()) {
            return Optional.of(
                    new Refusal(403, "Forbidden", "too many unsuccessful login attempts"));
        }
        boolean allowed =
                policy == Policy.LOCAL
                        ? visit.remote().isLoopbackAddress()
                        : now.addresses().allow(visit.remote());
        if (!allowed) {
            return Optional.of(new Refusal(403, "Forbidden", "this address may not call"));
        }
        boolean host =
                policy == Policy.CLASSIC
                        || isOldPlayer(visit, policy)
                        || visit.header("Host")
                                .filter(name ->
                                        now.hosts().strict(name, visit.local(), visit.port()))
                                .isPresent();
        return host
                ? Optional.empty()
                : Optional.of(new Refusal(403, "Forbidden", "this host name is not answered"));
    }

    /**
     * HTTP/1.0 knows no Host (RFC 1945), and no page can make a browser leave it out: who names
     * none was not led here by a name of somebody else. For media alone, of which old players ask.
     */
    private static boolean isOldPlayer(Visit visit, Policy policy) {
        return policy == Policy.STREAM
                && visit.protocol().equals("HTTP/1.0")
                && visit.headers().apply("Host").isEmpty()
                && visit.headers().apply("Origin").isEmpty();
    }

    private static boolean hostIsClassic(Visit visit, Rules now) {
        return visit.header("Host").filter(now.hosts()::classic).isPresent();
    }

    /** Ours is what the request itself calls us: its host name is judged on its own. */
    private static boolean trusted(String origin, Visit visit, Rules now) {
        String own = (visit.secure() ? "https://" : "http://") + visit.header("Host").orElse("");
        return origin.equalsIgnoreCase(own) || now.origins().contains(origin);
    }

    /** Browsers say so themselves; links to pages are how one gets to them. */
    private static boolean crossSite(Visit visit, Policy policy) {
        return policy != Policy.PAGE
                && visit.headers().apply("Origin").isEmpty()
                && visit.header("Sec-Fetch-Site").filter("cross-site"::equals).isPresent();
    }

    /** By what right somebody comes in, or why not. */
    private record Authentication(Right right, Optional<Refusal> refusal) {
        static Authentication by(Right right) {
            return new Authentication(right, Optional.empty());
        }

        static Authentication not(Refusal refusal) {
            return new Authentication(Right.NONE, Optional.of(refusal));
        }
    }

    private Authentication authenticate(Visit visit, Policy policy, String path, Rules now) {
        Optional<String> shownToken = shownToken(visit);
        boolean open = now.credentials().isEmpty() && !now.strict();
        if (shownToken.isPresent() && policy == Policy.REST && open) {
            // Nothing was asked for: what clients of such interfaces send is not held against them.
            return Authentication.by(token.matches(shownToken.get()) ? Right.TOKEN : Right.NONE);
        }
        if (shownToken.isPresent()) {
            // A wrong token is never saved by a right password.
            return counted(token.matches(shownToken.get()), Right.TOKEN, visit);
        }
        if (policy == Policy.TOKEN || (now.strict() && policy != Policy.PAGE)) {
            return hasTicket(visit, policy, path)
                    ? Authentication.by(Right.TICKET)
                    : Authentication.not(tokenNeeded(visit));
        }
        if (hasTicket(visit, policy, path)) {
            return Authentication.by(Right.TICKET);
        }
        if (policy == Policy.LOCAL || now.credentials().isEmpty()) {
            return Authentication.by(Right.NONE);
        }
        Optional<String> authorization = visit.header("Authorization");
        if (authorization.isEmpty()) {
            return Authentication.not(passwordNeeded());
        }
        return counted(now.credentials().get().open(authorization.get()), Right.PASSWORD, visit);
    }

    private Authentication counted(boolean right, Right which, Visit visit) {
        if (right) {
            lockout.succeeded(visit.remote());
            return Authentication.by(which);
        }
        lockout.failed(visit.remote());
        return Authentication.not(which == Right.TOKEN ? tokenNeeded(visit) : passwordNeeded());
    }

    private static Optional<String> shownToken(Visit visit) {
        List<String> headers = visit.headers().apply(TOKEN_HEADER);
        if (!headers.isEmpty()) {
            return Optional.of(headers.size() == 1 ? headers.getFirst() : "");
        }
        Optional<String> bearer =
                visit.header("Authorization")
                        .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
                        .map(value -> value.substring(BEARER.length()).strip());
        if (bearer.isPresent() || !visit.isUpgrade()) {
            return bearer;
        }
        Optional<String> protocol = tokenProtocol(visit).map(name -> name.substring(3));
        return protocol.isPresent() ? protocol : Query.parameter(visit.query(), "token");
    }

    /** The offered WebSocket protocol that holds the token: the server must agree to it. */
    static Optional<String> tokenProtocol(Visit visit) {
        return visit.headers().apply("Sec-WebSocket-Protocol").stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .filter(name -> name.startsWith(TOKEN_PROTOCOL))
                .findFirst();
    }

    private boolean hasTicket(Visit visit, Policy policy, String path) {
        return policy == Policy.STREAM
                && Query.parameter(visit.query(), Tickets.PARAMETER)
                        .filter(ticket -> tickets.valid(ticket, path))
                        .isPresent();
    }

    private boolean hasSession(Visit visit) {
        return visit.header(SESSION_HEADER).filter(session::matches).isPresent();
    }

    private static Refusal tokenNeeded(Visit visit) {
        // Browsers tell a page nothing but that its WebSocket failed; 401 might make them ask.
        return visit.isUpgrade()
                ? new Refusal(403, "Forbidden", "the token is needed")
                : new Refusal(401, "Unauthorized", "the token is needed")
                        .with("WWW-Authenticate", "Bearer realm=\"Bittern\"");
    }

    private static Refusal passwordNeeded() {
        return new Refusal(401, "Unauthorized", "user name and password are needed")
                .with("WWW-Authenticate", "Basic realm=\"Transmission\"");
    }

    private static Refusal misdirected() {
        return new Refusal(
                421,
                "MisdirectedRequest",
                "this host name is not answered; see rpc-host-whitelist, or use an IP address");
    }

    private Refusal conflict(Rules now) {
        Map<String, String> headers =
                now.rpcSemver().isEmpty()
                        ? Map.of(SESSION_HEADER, sessionId)
                        : Map.of(
                                SESSION_HEADER,
                                sessionId,
                                "X-Transmission-Rpc-Version",
                                now.rpcSemver());
        return new Refusal(
                409,
                "Conflict",
                "the session id is missing or old; send " + SESSION_HEADER + ": " + sessionId,
                headers);
    }
}
