/**
 * Starts a runtime: merges its features, starts the framework, applies configurations, names what
 * stays unsatisfied, and ends the process with the code that was asked for, ten seconds after the
 * framework begins to stop if a bundle hangs; system property {@code bittern.stop.seconds} changes
 * that.
 *
 * <p>It shares no type with the bundles. What passes between them are four strings:
 *
 * <ul>
 *   <li>framework property {@code bittern.args}: what was typed after the name of the runtime, for
 *       {@code cli} from the name of the command on, joined by U+001F
 *   <li>framework property {@code bittern.data}: absolute path of the data directory; it may not
 *       exist yet
 *   <li>framework property {@code bittern.runtime}: name of the runtime
 *   <li>system property {@code bittern.exit}: exit code of the process, 0 to 255, set by a bundle
 *       before it stops the system bundle; absent means 0
 * </ul>
 */
@NullMarked
package org.bittern.launcher;

import org.jspecify.annotations.NullMarked;
