/** What the server refuses before any servlet sees it, in the form that the plane answers in. */
@NullMarked
package org.bittern.scaffold.errors.internal;

import org.jspecify.annotations.NullMarked;
