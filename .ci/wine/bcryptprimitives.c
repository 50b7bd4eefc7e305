/*
 * Stands in for two things that Go programs expect of Windows 10 and that
 * Wine 8 lacks. Tests put it into the system32 of their Wine prefix; it is
 * never shipped.
 *
 * - bcryptprimitives.dll with ProcessPrng, here over RtlGenRandom.
 * - NtSetInformationFile must call an information class that it does not know
 *   invalid. Wine 8 says "not implemented" to FileDispositionInformationEx, by
 *   which os.RemoveAll deletes, and so keeps Go from falling back to the older
 *   class.
 */
#include <string.h>
#include <windows.h>
#include <winternl.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length); /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
	while (length > 0) {
		ULONG n = length < 1 << 20 ? (ULONG)length : 1 << 20;
		if (!SystemFunction036(data, n))
			return FALSE;
		data += n;
		length -= n;
	}
	return TRUE;
}

enum { DispositionInformationEx = 64 };
static const NTSTATUS invalidInfoClass = (NTSTATUS)0xC0000003;

typedef NTSTATUS(NTAPI *setInformation)(HANDLE, IO_STATUS_BLOCK *, PVOID, ULONG, int);
static setInformation original;

static NTSTATUS NTAPI replacement(HANDLE file, IO_STATUS_BLOCK *status, PVOID data, ULONG length, int class)
{
	if (class == DispositionInformationEx)
		return invalidInfoClass;
	return original(file, status, data, length, class);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
	/* Wine's entry of a system call: 32 bytes that run at any address. */
	enum { entrySize = 32 };
	/* mov rax, replacement; jmp rax */
	BYTE jump[12] = {0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0};
	DWORD access;

	(void)instance;
	(void)reserved;
	if (reason != DLL_PROCESS_ATTACH)
		return TRUE;
	BYTE *entry = (BYTE *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtSetInformationFile");
	BYTE *copy = VirtualAlloc(NULL, entrySize, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
	if (entry == NULL || copy == NULL)
		return FALSE;
	memcpy(copy, entry, entrySize);
	original = (setInformation)copy;
	void *target = (void *)replacement;
	memcpy(jump + 2, &target, sizeof target);
	if (!VirtualProtect(entry, sizeof jump, PAGE_EXECUTE_READWRITE, &access))
		return FALSE;
	memcpy(entry, jump, sizeof jump);
	return VirtualProtect(entry, sizeof jump, access, &access);
}
