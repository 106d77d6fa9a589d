/*
 * Shapes.java - regions as ImageJ itself makes, writes and measures them.
 *   java -Djava.awt.headless=true -cp ij.jar Shapes.java DIR WIDTH HEIGHT
 * Writes DIR/NAME.roi with ImageJ's encoder, reads it back with its decoder, and prints one line a region:
 * "NAME PIXELS CRC32", the pixels of its mask that lie in the image and the CRC-32 of the image as 0 and 255.
 */
import ij.gui.*;
import ij.io.RoiDecoder;
import ij.io.RoiEncoder;
import ij.process.ImageProcessor;
import java.awt.Rectangle;
import java.awt.geom.*;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;

public class Shapes {
    static final Map<String, Roi> ALL = new LinkedHashMap<>();

    static PolygonRoi whole(int type, int... xy) {
        int n = xy.length / 2;
        int[] x = new int[n], y = new int[n];
        for (int i = 0; i < n; i++) { x[i] = xy[2 * i]; y[i] = xy[2 * i + 1]; }
        return new PolygonRoi(x, y, n, type);
    }

    static PolygonRoi fine(int type, double... xy) {
        int n = xy.length / 2;
        float[] x = new float[n], y = new float[n];
        for (int i = 0; i < n; i++) { x[i] = (float) xy[2 * i]; y[i] = (float) xy[2 * i + 1]; }
        return new PolygonRoi(x, y, n, type);
    }

    static ShapeRoi shape(Roi roi) { return new ShapeRoi(roi); }

    static void fill() {
        ALL.put("triangle", whole(Roi.POLYGON, 10, 10, 90, 20, 40, 80));
        ALL.put("star-crosses-itself", whole(Roi.POLYGON, 50, 5, 75, 85, 8, 35, 92, 35, 25, 85));
        ALL.put("diagonals-through-centres", whole(Roi.POLYGON, 20, 20, 60, 60, 20, 100, 10, 40));
        ALL.put("thin-sliver", whole(Roi.POLYGON, 3, 3, 97, 50, 98, 51));
        ALL.put("freehand", whole(Roi.FREEROI, 30, 30, 33, 29, 40, 31, 55, 44, 52, 60, 41, 71, 33, 66, 28, 50));
        ALL.put("traced", whole(Roi.TRACED_ROI, 12, 12, 30, 12, 30, 20, 40, 20, 40, 50, 20, 50, 20, 30, 12, 30));
        ALL.put("rectangle", new Roi(7, 9, 31, 44));
        ALL.put("rectangle-of-one", new Roi(99, 79, 1, 1));
        ALL.put("rectangle-subpixel", new Roi(7.4, 9.6, 31.3, 44.7));
        ALL.put("oval", new OvalRoi(10, 12, 61, 40));
        ALL.put("oval-even", new OvalRoi(20, 10, 50, 50));
        ALL.put("oval-odd", new OvalRoi(20, 10, 51, 51));
        ALL.put("oval-of-one", new OvalRoi(44, 45, 1, 1));
        ALL.put("oval-narrow", new OvalRoi(44, 5, 2, 60));
        ALL.put("oval-over-the-side", new OvalRoi(-20, -10, 60, 50));
        ALL.put("oval-subpixel", new OvalRoi(10.5, 12.25, 61.5, 40.75));
        ALL.put("polygon-subpixel", fine(Roi.POLYGON, 10.25, 10.5, 80.75, 22.5, 60.5, 70.125, 20.5, 61.5));
        ALL.put("polygon-on-half-pixels", fine(Roi.POLYGON, 10.5, 10.5, 50.5, 10.5, 50.5, 40.5, 30.5, 60.5, 10.5, 40.5));
        ALL.put("polygon-over-all-sides", fine(Roi.POLYGON, -30.5, 50, 60, -40.25, 140.5, 40, 60, 130.75));
        ALL.put("freehand-subpixel", fine(Roi.FREEROI, 33.3, 20.1, 60.7, 25.9, 71.2, 48.8, 50.5, 66.6, 28.4, 51.5));
        ALL.put("ellipse", new EllipseRoi(20, 20, 80, 60, 0.5));
        ALL.put("ellipse-narrow", new EllipseRoi(90.3, 12.8, 15.9, 88.1, 0.13));
        ALL.put("ellipse-round", new EllipseRoi(20.5, 50.5, 81.25, 50.5, 1.0));
        ALL.put("rotated-rectangle", new RotatedRectRoi(20, 20, 80, 60, 25));
        ALL.put("rotated-upright", new RotatedRectRoi(20.25, 40.5, 80.75, 40.5, 20.5));
        ALL.put("hole", shape(new Roi(10, 10, 80, 80)).not(shape(new Roi(30, 25, 20, 30))));
        ALL.put("two-holes", shape(new Roi(5, 5, 90, 85)).not(shape(new Roi(15, 15, 20, 20)))
                                 .not(shape(whole(Roi.POLYGON, 50, 50, 80, 60, 60, 80))));
        ALL.put("island-in-hole", shape(new Roi(5, 5, 90, 85)).not(shape(new Roi(15, 15, 60, 60)))
                                      .or(shape(new Roi(30, 30, 20, 20))));
        ALL.put("apart", shape(new Roi(5, 5, 20, 20)).or(shape(new Roi(60, 50, 25, 30))));
        ALL.put("oval-less-rectangle", shape(new OvalRoi(10, 10, 70, 70)).not(shape(new Roi(40, 0, 15, 100))));
        ALL.put("xor-of-polygons", shape(whole(Roi.POLYGON, 10, 10, 90, 20, 40, 80))
                                       .xor(shape(whole(Roi.POLYGON, 5, 60, 95, 50, 60, 5))));
        Path2D curves = new Path2D.Double(Path2D.WIND_EVEN_ODD);
        curves.moveTo(20.3, 20.7); curves.quadTo(60, -10, 85.2, 30.1); curves.curveTo(99, 60, 60, 90, 30.9, 80.2);
        curves.lineTo(15.1, 50.6); curves.closePath();
        ALL.put("curves", new ShapeRoi(curves));
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            int n = 3 + random.nextInt(20);
            int[] xy = new int[2 * n];
            double[] fine = new double[2 * n];
            for (int k = 0; k < n; k++) {
                xy[2 * k] = random.nextInt(101); xy[2 * k + 1] = random.nextInt(81);
                fine[2 * k] = random.nextInt(401) / 4.0; fine[2 * k + 1] = random.nextInt(321) / 4.0;
            }
            ALL.put("random-whole-" + i, whole(Roi.POLYGON, xy));
            ALL.put("random-quarters-" + i, fine(Roi.POLYGON, fine));
        }
    }

    public static void main(String[] arguments) throws Exception {
        int width = Integer.parseInt(arguments[1]), height = Integer.parseInt(arguments[2]);
        fill();
        for (Map.Entry<String, Roi> one : ALL.entrySet()) {
            String path = arguments[0] + "/" + one.getKey() + ".roi";
            if (!RoiEncoder.save(one.getValue(), path)) throw new Exception("cannot write " + path);
            Roi roi = new RoiDecoder(path).getRoi();
            Rectangle box = roi.getBounds();
            ImageProcessor mask = roi.getMask();
            byte[] image = new byte[width * height];
            long pixels = 0;
            for (int y = 0; y < box.height; y++)
                for (int x = 0; x < box.width; x++) {
                    int ix = x + box.x, iy = y + box.y;
                    if (ix < 0 || iy < 0 || ix >= width || iy >= height || (mask != null && mask.get(x, y) == 0)) continue;
                    image[iy * width + ix] = (byte) 255;
                    pixels++;
                }
            CRC32 crc = new CRC32();
            crc.update(image);
            System.out.printf("%s %d %08x%n", one.getKey(), pixels, crc.getValue());
        }
    }
}
