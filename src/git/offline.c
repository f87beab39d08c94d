/*
 * libgit2 without its network. Debian's speaks HTTP and SSH, and a program that links it loads the libraries for that with it,
 * OpenSSL and Kerberos among them: three quarters of what the smallest verb needs of memory and of time. Our transports are
 * our own and move files. So what its network consists of is defined here: a libgit2 that is linked statically leaves out its
 * own, and that it asked for nothing more is checked while configuring (tools/cmake/libgit2.cmake). They stand beside
 * git_offline_init() for the linker to find them first. With the shared libgit2 they are not seen, and nothing changes but
 * for the certificates.
 */
#include "git/offline.h"

#include <git2.h>

int git_transport_ssh_global_init(void);
int git_openssl_stream_global_init(void);
int git_mbedtls_stream_global_init(void);
int git_mbedtls__set_cert_location(const char *file, const char *path);
int git_mbedtls_stream_new(void **out, const char *host, const char *port);
int git_mbedtls_stream_wrap(void **out, void *in, const char *host);
int git_smart_subtransport_http(void **out, void *owner, void *param);
int git_smart_subtransport_ssh(void **out, void *owner, void *param);
extern int git_http__expect_continue;
__attribute__((visibility("default"))) int mbedtls_x509_crt_parse_file(void *chain, const char *path);

/* an option of what is left out, which git_libgit2_opts can set */
int git_http__expect_continue;

int
git_transport_ssh_global_init(void)
{
	return 0;
}

int
git_openssl_stream_global_init(void)
{
	return 0;
}

int
git_mbedtls_stream_global_init(void)
{
	return 0;
}

int
git_mbedtls__set_cert_location(const char *file, const char *path)
{
	(void)file;
	(void)path;
	return GIT_ERROR;
}

int
git_mbedtls_stream_new(void **out, const char *host, const char *port)
{
	(void)out;
	(void)host;
	(void)port;
	return GIT_ERROR;
}

int
git_mbedtls_stream_wrap(void **out, void *in, const char *host)
{
	(void)out;
	(void)in;
	(void)host;
	return GIT_ERROR;
}

int
git_smart_subtransport_http(void **out, void *owner, void *param)
{
	(void)out;
	(void)owner;
	(void)param;
	return GIT_ERROR;
}

int
git_smart_subtransport_ssh(void **out, void *owner, void *param)
{
	(void)out;
	(void)owner;
	(void)param;
	return GIT_ERROR;
}

/*
 * The shared libgit2 reads the system's 140 certificates whenever it starts, which is half of what a small verb takes. We never
 * speak TLS through it, so its parser of certificates is answered here: there are none.
 * The name is mbedtls's; a libgit2 that uses another library never calls it. The return value is mbedtls's
 * MBEDTLS_ERR_X509_FILE_IO_ERROR: libgit2 then goes on without certificates, and would refuse every TLS connection.
 */
int
mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	static const int no_such_file = -0x2900;

	(void)chain;
	(void)path;
	return no_such_file;
}

int
git_offline_init(void)
{
	return git_libgit2_init();
}
