package dev.sallyport.plugins.command;

import dev.sallyport.spi.OfferedKey;
import dev.sallyport.support.keys.UserName;

/** What the program is asked: which keys has this user, of whom a client offers this one. */
record Question(UserName user, OfferedKey key) {}
