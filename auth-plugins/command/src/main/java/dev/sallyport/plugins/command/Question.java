package dev.sallyport.plugins.command;

import dev.sallyport.plugins.openssh.UserName;
import dev.sallyport.spi.OfferedKey;

/** What the program is asked: which keys has this user, of whom a client offers this one. */
record Question(UserName user, OfferedKey key) {}
