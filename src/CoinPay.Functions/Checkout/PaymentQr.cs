using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace CoinPay.Functions.Checkout;

/// <summary>A payment link as a QR code for the camera of a wallet.</summary>
internal static class PaymentQr
{
    /// <summary>
    /// An inline SVG, drawn as one path of horizontal runs: the library's own has one element a run, which for a token
    /// transfer is more bytes than the rest of the page. The quiet zone is the library's four modules.
    /// </summary>
    /// <param name="uri">What the code says.</param>
    /// <param name="label">What it is for those who do not see it.</param>
    public static Html Draw(string uri, string label)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        int size = code.ModuleMatrix.Count;
        StringBuilder path = new();
        for (int row = 0; row < size; row++)
            AppendRuns(path, code.ModuleMatrix[row], row);
        return Html.Of(
            $"""<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path.ToString()}"/></svg>""");
    }

    private static void AppendRuns(StringBuilder path, BitArray modules, int row)
    {
        for (int from = 0; from < modules.Count; from++)
        {
            if (!modules[from])
                continue;
            int to = from;
            while (to < modules.Count && modules[to])
                to++;
            path.Append(CultureInfo.InvariantCulture, $"M{from} {row}h{to - from}v1h-{to - from}z");
            from = to;
        }
    }
}
