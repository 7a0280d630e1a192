/**
 * What a caller may see and ask of a running engine: the engine, its torrents, immutable snapshots,
 * typed settings, events and errors. Every method is thread-safe and returns at once; work that
 * takes time completes a {@link java.util.concurrent.CompletionStage}.
 */
@Export
@Version("1.8.0")
@NullMarked
package org.bittern.api.engine;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
