/**
 * The one door for HTTP. An adapter registers an ordinary servlet by the whiteboard and says with
 * {@link org.bittern.web.WebEndpoint} who may call it; host names, origins, tokens, passwords, body
 * limits and error bodies are the door's business. A servlet that says nothing is not reachable.
 * WebSockets are services too: see {@link org.bittern.web.SocketHandler}.
 */
@Export
@Version("1.1.0")
@NullMarked
package org.bittern.web;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
