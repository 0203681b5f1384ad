/*
 * For servers that refuse to run as root, where processes of other users cannot be moved (no CAP_SYS_RESOURCE): preloaded, it tells them that they run as somebody else.
 * Without a C library: it is loaded into programs of a file system whose library may be older.
 */
unsigned getuid(void);
unsigned geteuid(void);

/* "nobody", as servers look the name up. */
enum { SOMEBODY = 65534 };

unsigned getuid(void)
{
    return SOMEBODY;
}

unsigned geteuid(void)
{
    return SOMEBODY;
}
