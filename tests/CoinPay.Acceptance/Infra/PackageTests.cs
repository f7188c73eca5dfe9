using System.IO.Compression;
using CoinPay.Acceptance.Scripts;
using Xunit;

namespace CoinPay.Acceptance.Infra;

/// <summary>
/// The package that is deployed: <c>scripts/tools/publish.sh</c> with a program in place of dotnet, and the packing.
/// scripts/check.sh publishes the app itself.
/// </summary>
public sealed class PackageTests : IDisposable
{
    private readonly RecordedPrograms _programs = new();

    public static TheoryData<string> PackageFiles() => [.. RecordedPrograms.Package];

    public void Dispose() => _programs.Dispose();

    [Fact]
    public async Task A_package_that_is_whole_is_published()
    {
        (int code, string printed) = await PublishAsync(RecordedPrograms.Package);
        Assert.Equal((0, ""), (code, printed));
        Assert.All(RecordedPrograms.Package, file => Assert.True(File.Exists(Path.Combine(_programs.Folder, "app", file)), file));
    }

    [Theory]
    [MemberData(nameof(PackageFiles))]
    public async Task A_package_that_lacks_what_the_host_reads_is_refused(string missing)
    {
        (int code, string printed) = await PublishAsync([.. RecordedPrograms.Package.Where(file => file != missing)]);
        Assert.Equal((1, $"publish: the published folder has no {missing}\n"), (code, printed));
    }

    [Fact]
    public async Task A_package_with_local_settings_in_it_is_refused()
    {
        (int code, string printed) = await PublishAsync([.. RecordedPrograms.Package, "local.settings.json"]);
        Assert.Equal((1, "publish: the published folder has local settings, which may hold secrets\n"), (code, printed));
    }

    [Fact]
    public async Task Nothing_is_published_over_an_older_package()
    {
        Assert.Equal(0, (await PublishAsync(RecordedPrograms.Package)).Code);
        (int code, string printed) = await PublishAsync(RecordedPrograms.Package);
        Assert.Equal((1, $"publish: {_programs.Folder}/app is not empty\n"), (code, printed));
    }

    [Fact]
    public async Task A_folder_is_packed_with_its_dotted_names()
    {
        string from = Directory.CreateDirectory(Path.Combine(_programs.Folder, "app", ".azurefunctions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(from, "function.deps.json"), "{}");
        string to = Path.Combine(_programs.Folder, "app.zip");
        (int code, string printed) = await RepositoryScript.RunAsync(
            [], "-c", $"dotnet msbuild scripts/tools/zip.proj -nologo -nodeReuse:false -p:From={_programs.Folder}/app -p:To={to}");
        Assert.True(code == 0, printed);
        using ZipArchive packed = await ZipFile.OpenReadAsync(to);
        Assert.Equal(".azurefunctions/function.deps.json", Assert.Single(packed.Entries).FullName);
    }

    private Task<(int Code, string Printed)> PublishAsync(string[] files) => _programs.RunAsync(
        [("PUBLISHED", string.Join(' ', files))], "scripts/tools/publish.sh", Path.Combine(_programs.Folder, "app"));
}
