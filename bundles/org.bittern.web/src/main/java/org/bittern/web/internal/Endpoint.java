package org.bittern.web.internal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;

/**
 * What the door knows of one servlet.
 *
 * @param refusalType content type of refusals
 * @param refusalBody template of refusals
 */
record Endpoint(Policy policy, long bodyLimit, String refusalType, String refusalBody) {
    /** What stands for a path where nobody is. */
    static final Endpoint NONE =
            new Endpoint(
                    Policy.PAGE,
                    WebEndpoint.DEFAULT_BODY_LIMIT,
                    "text/plain; charset=UTF-8",
                    "{status} {code}: {message}\n");

    /** The same with another limit for bodies. */
    Endpoint taking(long bytes) {
        return new Endpoint(policy, bytes, refusalType, refusalBody);
    }

    String body(Refusal refusal) {
        return refusalBody
                .replace("{status}", Integer.toString(refusal.status()))
                .replace("{code}", escaped(refusal.code()))
                .replace("{message}", escaped(refusal.message()));
    }

    private String escaped(String text) {
        if (refusalType.contains("json")) {
            return new String(JsonStringEncoder.getInstance().quoteAsString(text));
        }
        if (refusalType.contains("html")) {
            return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        }
        return text;
    }
}
