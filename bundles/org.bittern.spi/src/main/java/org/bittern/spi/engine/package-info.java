/**
 * How the host makes an engine. The engine bundle provides the factory; the host owns what it
 * makes.
 */
@Export
@Version("3.0.0")
@NullMarked
package org.bittern.spi.engine;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
