/* A stand-in for makers' libraries, compiled by the tests: the same exports, a card from a file, and the ways such libraries fail.

   STANDIN_FOLDER/card holds 256 bytes of text, 1024 of photo and, perhaps, 70 of an appended address; no file = no card lies there.
   STANDIN_FOLDER/unplugged = the cable is out; /refuses = selection fails; /hangs, /crashes = so does the next find. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int opened = 0;

static int there(const char *name, unsigned char *into, int room) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", getenv("STANDIN_FOLDER"), name);
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    int size = into ? (int)fread(into, 1, room, file) : 0;
    fclose(file);
    return into ? size : 1;
}

static int lost(void) { if (there("unplugged", 0, 0)) opened = 0; return !opened; }

static void misbehave(void) {
    printf("makers' libraries print\n");
    fflush(stdout);
    if (there("hangs", 0, 0)) sleep(60);
    if (there("crashes", 0, 0)) abort();
}

#ifdef SDT
int SDT_OpenPort(int port) { opened = port == 1003 && !there("unplugged", 0, 0); return opened ? 0x90 : 1; }
int SDT_GetSAMStatus(int port, int if_open) { return lost() ? 1 : 0x90; }
int SDT_GetSAMID(int port, unsigned char *id, int if_open) {
    static const unsigned char golden[16] = {5, 0, 3, 0, 0xB5, 0xF0, 0x31, 1, 1, 0, 0, 0, 0x15, 0xCD, 0x5B, 7};
    if (lost()) return 1;
    memcpy(id, golden, 16);
    return 0x90;
}
int SDT_StartFindIDCard(int port, unsigned char *iin, int if_open) {
    misbehave();
    if (lost()) return 1;
    memset(iin, 0, 4);
    return there("card", 0, 0) ? 0x9F : 0x80;
}
int SDT_SelectIDCard(int port, unsigned char *sn, int if_open) { memset(sn, 0, 8); return there("refuses", 0, 0) ? 0x81 : 0x90; }
int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned *n1, unsigned char *photo, unsigned *n2, int if_open) {
    unsigned char card[1350];
    if (there("card", card, sizeof card) < 1280) return 0x41;
    memcpy(text, card, *n1 = 256);
    memcpy(photo, card + 256, *n2 = 1024);
    return 0x90;
}
int SDT_ReadNewAppMsg(int port, unsigned char *address, unsigned *n, int if_open) {
    unsigned char card[1350];
    if (there("card", card, sizeof card) < 1350) return 0x91;
    memcpy(address, card + 1280, *n = 70);
    return 0x90;
}
#endif

#if defined ROUTON || defined TERMB
/* STANDIN_FOLDER/words: one value a line, in GBK. */
static int word(int line, char *into) {
    static char words[4096];
    int size = there("words", (unsigned char *)words, sizeof words - 1);
    char *at = words;
    words[size] = 0;
    while (line-- && at) if ((at = strchr(at, '\n'))) at++;
    if (!at) return 0;
    char *end = strchr(at, '\n');
    int length = end ? (int)(end - at) : (int)strlen(at);
    memcpy(into, at, length);
    into[length] = 0;
    return length;
}
#endif

#ifdef ROUTON
int InitComm(int port) { opened = port == 1003 && !there("unplugged", 0, 0); return opened; }
int Authenticate(void) { misbehave(); return !lost() && there("card", 0, 0); }
int GetSAMIDToStr(char *id) { if (lost()) return 0; strcpy(id, "05.03-20050101-0000000001-0123456789"); return 1; }
int ReadBaseInfos(char *name, char *sex, char *nation, char *birth, char *number, char *address, char *agency, char *from, char *to) {
    char *places[] = {name, sex, nation, birth, number, address, agency, from, to};
    for (int at = 0; at < 9; at++) word(at, places[at]);
    return 1;
}
#endif

#ifdef TERMB
int CVR_InitComm(int port) { if (there("dll missing", 0, 0)) return 3; opened = port == 1003 && !there("unplugged", 0, 0); return opened ? 1 : 2; }
int CVR_Authenticate(void) { misbehave(); return lost() ? 0 : there("refuses", 0, 0) ? 3 : there("card", 0, 0) ? 1 : 2; }
int CVR_Read_Content(int active) {
    char path[1024];
    snprintf(path, sizeof path, "%s/wz.txt", getenv("STANDIN_FOLDER"));
    FILE *file = fopen(path, "w");
    fputs("everything about the person", file);
    fclose(file);
    return 1;
}
int CVR_GetSAMID(char *id, int *n) { if (lost()) return 0; strcpy(id, "05.03-20050101-0000000001-0123456789"); return 1; }
#define WORD(function, line) int function(char *into, int *n) { *n = word(line, into); return 1; }
WORD(GetPeopleName, 0) WORD(GetPeopleSex, 1) WORD(GetNationCode, 2) WORD(GetPeopleBirthday, 3) WORD(GetPeopleIDCode, 4)
WORD(GetPeopleAddress, 5) WORD(GetDepartment, 6) WORD(GetStartDate, 7) WORD(GetEndDate, 8) WORD(GetCertType, 9)
WORD(GetPeopleChineseName, 10) WORD(GetPeopleNation, 11) WORD(GetPassCheckID, 12)
int GetBMPData(unsigned char *into, int *n) { memcpy(into, "BM stand-in", *n = 11); return 1; }
#endif

#ifdef UNPACK
int _Z6unpackPcS_i(char *wlt, char *bmp, int save) {
    if (there("hangs", 0, 0)) sleep(60);
    if (there("crashes", 0, 0)) abort();
    if (memcmp(wlt, "SPECIMEN", 8)) return 0;
    memcpy(bmp, "BM unpacked", 11);
    return 1;
}
#endif

#ifdef GETBMP
int GetBmp(char *path, int from) {
    char out[1024];
    snprintf(out, sizeof out, "%.*s.bmp", (int)strlen(path) - 4, path);
    FILE *file = fopen(out, "wb");
    fputs("BM from a file", file);
    fclose(file);
    return from == 2 ? 1 : -6;
}
#endif
