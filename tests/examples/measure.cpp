/*
 * measure.cpp - the library from C++: the same as measure.c, with owners that free what they hold.
 *
 *   c++ -std=c++17 measure.cpp -o measure $(pkg-config --cflags --libs trabecula)
 *   ./measure testdata/lhdl-3155.tif BV/TV voxel-size=19.5um filter=none threshold=64grey
 */
#include <trabecula/trabecula.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace
{

struct Info : trb_scan_info { // what the reader found out; it goes into the record
    Info() : trb_scan_info{}
    {
    }
    Info(const Info &) = delete;
    Info &operator=(const Info &) = delete;
    ~Info()
    {
        trb_scan_info_clear(this);
    }
};
struct Free {
    void operator()(trb_volume *volume) const
    {
        trb_volume_destroy(volume);
    }
    void operator()(trb_record *record) const
    {
        trb_record_destroy(record);
    }
};
using Volume = std::unique_ptr<trb_volume, Free>;
using Record = std::unique_ptr<trb_record, Free>;

void check(trb_status status, const trb_error &err)
{
    if (status != TRB_OK)
        throw std::runtime_error(err.text);
}

void set(trb_settings &settings, const std::string &key, const std::string &text)
{
    trb_error err = {};
    check(trb_settings_set(&settings, key.c_str(), text.c_str(), &err), err);
}

Record measure(const char *path, const trb_settings &settings)
{
    trb_error err = {};
    trb_open_options options = trb_open_options_default();
    Info info;
    trb_volume *volume = nullptr;
    check(trb_volume_read(path, &options, nullptr, nullptr, &volume, &info, &err), err);
    Volume owned_volume(volume);

    trb_record *record = nullptr;
    check(trb_analyze(volume, &info, &settings, false, nullptr, &record, nullptr, &err), err);
    return Record(record);
}

} // namespace

int main(int argc, char **argv)
try {
    if (argc < 3) {
        std::fprintf(stderr, "usage: measure SCAN METRIC [KEY=TEXT...]\n");
        return 2;
    }
    trb_settings settings = trb_settings_default();
    set(settings, "metrics", argv[2]);
    for (int i = 3; i < argc; i++) {
        const std::string argument = argv[i];
        const auto equals = argument.find('=');
        if (equals == std::string::npos)
            throw std::runtime_error("'" + argument + "' is not KEY=TEXT");
        set(settings, argument.substr(0, equals), argument.substr(equals + 1));
    }
    const Record record = measure(argv[1], settings);
    const trb_metric *metric = trb_record_metric(record.get(), argv[2]);
    if (metric->reason[0])
        std::printf("%s: %s\n", metric->info->key, metric->reason);
    else
        std::printf("%s %.6g %s (%s)\n", metric->info->key, metric->value, metric->info->unit,
                    metric->method);
    return 0;
} catch (const std::exception &e) {
    std::fprintf(stderr, "measure: %s\n", e.what());
    return 1;
}
