/**
 * Exchanges bundles of a running framework and measures what that costs a transfer. For the
 * demonstration and for tests that run in the framework; needs nothing but the engine's contract.
 */
@Export
@Version("2.1.0")
@NullMarked
package org.bittern.demo;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
