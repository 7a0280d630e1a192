package org.bittern.web;

import java.net.URI;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A service that is there while the server listens, and is replaced when its port or address
 * changes.
 */
@ProviderType
public interface Listening {
    /** The real port. */
    int port();

    /** Root URLs, one for each address; the first is the main one. Never empty. */
    List<URI> roots();
}
