package org.bittern.web;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes tickets for callers that cannot send headers, such as media players. A ticket stands in the
 * query of a URL, opens one path of {@link Policy#STREAM} for a time, and ends with the process.
 * Thread-safe.
 */
@ProviderType
public interface Tickets {
    /** Name of the parameter in the query. */
    String PARAMETER = "ticket";

    /**
     * Makes a ticket.
     *
     * @param path of the URL, decoded, from the first slash on
     * @param validity at most 7 days
     * @return letters, digits, '.', '-' and '_'
     */
    String issue(String path, Duration validity);
}
