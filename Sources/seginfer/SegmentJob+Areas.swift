import Rasters
import Scenes

extension SegmentJob {
  /// What the scene's pixels cover on the ground; where that is not known, a line says why.
  func pixelAreas(_ reader: RasterReader) -> PixelAreas? {
    do throws(GroundMeasure.Missing) {
      let ground = try GroundMeasure(reader.georeference)
      let size = PixelSize(width: reader.width, height: reader.height)
      if let areas = PixelAreas(size: size, measure: ground.area) { return areas }
      options.common.log("areas: none, PROJ cannot say where all of the scene's pixels lie")
    } catch {
      options.common.log("areas: none, \(error)")
    }
    return nil
  }
}
