/*
 * A security key without hardware, for tests of `ssh-keygen -t ed25519-sk` and of logins with such keys: the interface is that of
 * OpenSSH's middleware (PROTOCOL.u2f), what is signed is that of the same page. The key handle is the private key itself.
 */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef SK_VERSION
#define SK_VERSION 0x000a0000
#endif
#define ED25519 1
#define FAILED -1

struct enrolled {
  uint8_t flags;
  uint8_t *public_key;
  size_t public_key_length;
  uint8_t *key_handle;
  size_t key_handle_length;
  uint8_t *signature;
  size_t signature_length;
  uint8_t *certificate;
  size_t certificate_length;
  uint8_t *authdata;
  size_t authdata_length;
};

struct signature {
  uint8_t flags;
  uint32_t counter;
  uint8_t *r;
  size_t r_length;
  uint8_t *s;
  size_t s_length;
};

uint32_t sk_api_version(void) { return SK_VERSION; }

int sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_length, const char *application,
              uint8_t flags, const char *pin, void **options, struct enrolled **result) {
  (void)challenge, (void)challenge_length, (void)application, (void)pin, (void)options;
  if (algorithm != ED25519) return FAILED;
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  struct enrolled *one = calloc(1, sizeof *one);
  if (!key || !one) return FAILED;
  one->flags = flags;
  one->public_key_length = one->key_handle_length = 32;
  one->public_key = malloc(32);
  one->key_handle = malloc(32);
  EVP_PKEY_get_raw_public_key(key, one->public_key, &one->public_key_length);
  EVP_PKEY_get_raw_private_key(key, one->key_handle, &one->key_handle_length);
  EVP_PKEY_free(key);
  *result = one;
  return 0;
}

int sk_sign(uint32_t algorithm, const uint8_t *data, size_t length, const char *application,
            const uint8_t *key_handle, size_t key_handle_length, uint8_t flags, const char *pin, void **options,
            struct signature **result) {
  (void)pin, (void)options;
  if (algorithm != ED25519 || key_handle_length != 32) return FAILED;
  uint8_t signed_data[32 + 1 + 4 + 32];
  SHA256((const uint8_t *)application, strlen(application), signed_data);
  signed_data[32] = flags;
  memcpy(signed_data + 33, "\0\0\0\1", 4);
  SHA256(data, length, signed_data + 37);
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key_handle, key_handle_length);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  struct signature *one = calloc(1, sizeof *one);
  if (!key || !context || !one) return FAILED;
  one->flags = flags;
  one->counter = 1;
  one->r_length = 64;
  one->r = malloc(64);
  if (EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
      EVP_DigestSign(context, one->r, &one->r_length, signed_data, sizeof signed_data) != 1)
    return FAILED;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  *result = one;
  return 0;
}

int sk_load_resident_keys(const char *pin, void **options, void ***keys, size_t *count) {
  (void)pin, (void)options, (void)keys, (void)count;
  return FAILED;
}
