/** Settings, labels and resume data in files behind the state contract. */
@NullMarked
package org.bittern.state.file.internal;

import org.jspecify.annotations.NullMarked;
