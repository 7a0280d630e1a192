/** What tests of several bundles share: a virtual clock, loops that run on it, checked buffers. */
@NullMarked
package org.bittern.testkit;

import org.jspecify.annotations.NullMarked;
