/*
 * dicom_bridge.cpp - compressed DICOM pixels through GDCM.
 *
 * GDCM is used without ITK's reader above it: that one applies the rescaling and changes the type, while voxels shall stay
 * as stored. Headers and plain pixels are read by dicom_header.c, which notices damage; GDCM does not always. Its builds
 * may also hold assertions that end the process on damaged pixels, so that decoding runs in a child process, which hands
 * over the pixels in shared memory: what ends there is one slice, not a batch.
 */
#include "io/dicom_bridge.h"

#include "io/itk_quiet.hpp"

#include <gdcmImageReader.h>
#include <gdcmTrace.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

trb_status decode(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err)
{
    gdcm::ImageReader reader;
    reader.SetFileName(path);
    if (!reader.Read())
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s: cannot be decoded: it is damaged or in a transfer syntax that is not read (%s)", path,
                             slice->transfer_syntax);
    const gdcm::Image &image = reader.GetImage();
    const size_t need = slice->nx * slice->ny * trb_type_bytes(slice->type);
    if (image.GetDimension(0) != slice->nx || image.GetDimension(1) != slice->ny || image.GetBufferLength() != need)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: holds other pixels than its header says", path);
    if (!image.GetBuffer(static_cast<char *>(stored)))
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: cannot be decoded: it is damaged (%s)", path, slice->transfer_syntax);
    return TRB_OK;
}

/* What the child leaves; the pixels stand behind it. */
struct Result {
    bool done;
    trb_status status;
    trb_error error;
};

constexpr size_t PIXELS_AT = (sizeof(Result) + 63) / 64 * 64;

void decode_quietly(const char *path, const trb_dicom_slice *slice, Result *result)
{
    for (const int ends : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) /* handlers of the program are not for this process */
        std::signal(ends, SIG_DFL);
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); /* an assertion speaks before it ends */
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
    gdcm::Trace::DebugOff();
    try {
        result->status = decode(path, slice, reinterpret_cast<char *>(result) + PIXELS_AT, &result->error);
    } catch (...) {
        result->status = trabecula::error_from_exception(path, TRB_ERR_FORMAT, {}, &result->error);
    }
    result->done = true;
}

} // namespace

extern "C" trb_status trb_dicom_decode(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err)
{
    const size_t pixels = slice->nx * slice->ny * trb_type_bytes(slice->type), bytes = PIXELS_AT + pixels;
    void *shared = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory for a slice", path);
    Result *result = new (shared) Result{};
    const pid_t child = fork();
    if (child == 0) {
        decode_quietly(path, slice, result);
        _exit(0);
    }
    while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR)
        ;
    trb_status status = result->status;
    if (child < 0)
        status = trb_error_set(err, TRB_ERR_IO, "%s: no process can be started to decode it: %s", path, std::strerror(errno));
    else if (!result->done)
        status = trb_error_set(err, TRB_ERR_FORMAT, "%s: cannot be decoded: it is damaged (%s)", path, slice->transfer_syntax);
    else if (status && err)
        *err = result->error;
    else if (!status)
        std::memcpy(stored, static_cast<char *>(shared) + PIXELS_AT, pixels);
    munmap(shared, bytes);
    return status;
}
