/** The door: checks, the server, and WebSockets. */
@NullMarked
package org.bittern.web.internal;

import org.jspecify.annotations.NullMarked;
