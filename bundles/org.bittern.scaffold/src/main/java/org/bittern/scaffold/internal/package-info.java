/** The test control plane over HTTP: it makes, asks and ends one engine, and knows no torrents. */
@NullMarked
package org.bittern.scaffold.internal;

import org.jspecify.annotations.NullMarked;
